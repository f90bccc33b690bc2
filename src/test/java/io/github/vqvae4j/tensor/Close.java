package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Asserts that arrays are nearly equal. */
final class Close {
  private Close() {}

  /** Asserts that no element is off by more than the tolerance times the largest number, or 1. */
  static void assertClose(double[] expected, double[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, () -> what + ": number of elements");
    double scale = 1;
    for (double number : expected) {
      scale = Math.max(scale, Math.abs(number));
    }
    for (int i = 0; i < expected.length; i++) {
      // Written so that NaN fails.
      if (!(Math.abs(expected[i] - actual[i]) <= tolerance * scale)) {
        fail(
            what
                + ": element "
                + i
                + " is "
                + actual[i]
                + ", expected "
                + expected[i]
                + " within "
                + tolerance * scale);
      }
    }
  }
}
