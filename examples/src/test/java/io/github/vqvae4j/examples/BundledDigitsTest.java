package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.datasets.MnistData;
import io.github.vqvae4j.data.image.Dataset;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The bundled digits match the description in their README. */
class BundledDigitsTest {
  @Test
  void trainingDigits() throws Exception {
    check(BundledDigits.read().train(), 500);
  }

  @Test
  void testDigits() throws Exception {
    check(BundledDigits.read().test(), 100);
  }

  @Test
  void varianceOfTrainingPixels() throws Exception {
    MnistData digits = BundledDigits.read();
    assertEquals(0.0952, digits.train().variance(), 0.0001);
  }

  private static void check(Dataset digits, int perLabel) {
    assertEquals(10 * perLabel, digits.size());
    assertEquals(28, digits.height());
    assertEquals(28, digits.width());
    assertEquals(1, digits.channels());
    int[] counts = new int[10];
    for (int i = 0; i < digits.size(); i++) {
      counts[digits.label(i)]++;
    }
    int[] expected = new int[10];
    Arrays.fill(expected, perLabel);
    assertArrayEquals(expected, counts);
  }
}
