package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Copies resemble their originals, keep their labels, and are the same in every call. */
class DistortedImagesTest {
  private static final int ORIGINALS = 20;

  @Test
  void copiesResembleTheirOriginals() throws IOException {
    Dataset digits = BundledDigits.read().train().range(0, ORIGINALS);
    Dataset all = new DistortedImages(digits, 2, 7);
    assertEquals(3 * ORIGINALS, all.size());
    assertEquals(Images.from(digits), Images.from(all.range(0, ORIGINALS)));
    assertEquals(Images.from(all), Images.from(new DistortedImages(digits, 2, 7)));
    for (int i = ORIGINALS; i < all.size(); i++) {
      float[] original = Images.from(digits, i % ORIGINALS).pixels();
      float[] copy = Images.from(all, i).pixels();
      assertEquals(digits.label(i % ORIGINALS), all.label(i));
      assertFalse(Arrays.equals(original, copy), "copy " + i);
      double correlation = correlation(original, copy);
      assertTrue(correlation > 0.5, () -> "correlation with the original: " + correlation);
    }
    assertFalse(
        Arrays.equals(
            Images.from(all, ORIGINALS).pixels(), Images.from(all, 2 * ORIGINALS).pixels()));
  }

  @Test
  void constantColorsStay() {
    float[] pixels = new float[8 * 6 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 3 / 4f;
    }
    Dataset copies = new DistortedImages(Images.of(pixels, 1, 8, 6, 3), 1, 7);
    assertArrayEquals(pixels, Images.from(copies, 1).pixels(), 1e-6f);
  }

  private static double correlation(float[] a, float[] b) {
    double meanA = mean(a);
    double meanB = mean(b);
    double ab = 0;
    double aa = 0;
    double bb = 0;
    for (int i = 0; i < a.length; i++) {
      ab += (a[i] - meanA) * (b[i] - meanB);
      aa += (a[i] - meanA) * (a[i] - meanA);
      bb += (b[i] - meanB) * (b[i] - meanB);
    }
    return ab / Math.sqrt(aa * bb);
  }

  private static double mean(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum / values.length;
  }
}
