package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.random.Rng;
import org.junit.jupiter.api.Test;

/** The curve inverts a monotonic change of the pixel values. */
class ToneCurveTest {
  private static Images images(float... pixels) {
    return Images.of(pixels, 1, 1, pixels.length, 1);
  }

  @Test
  void restoresTheContrast() {
    Rng rng = new Rng(3);
    float[] original = new float[20_000];
    float[] decoded = new float[original.length];
    for (int i = 0; i < original.length; i++) {
      original[i] = rng.nextFloat();
      decoded[i] = 0.25f + original[i] * original[i] / 2;
    }
    ToneCurve curve = ToneCurve.of(images(original), images(decoded));
    assertArrayEquals(original, curve.apply(images(decoded)).pixels(), 0.02f);
  }

  @Test
  void valuesOutsideAreClampedToTheRangeOfTheImages() {
    ToneCurve curve = ToneCurve.of(images(0, 0, 0, 1, 1), images(0.1f, 0.1f, 0.1f, 0.8f, 0.8f));
    Images mapped = curve.apply(images(-3, 0.1f, 0.8f, 4));
    assertArrayEquals(new float[] {0, 0, 1, 1}, mapped.pixels());
    assertEquals(4, mapped.width());
  }
}
