package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/** Assertions of approximate equality. */
final class Close {
  private Close() {}

  /**
   * Asserts that no element deviates by more than the tolerance times the maximum magnitude, or 1.
   */
  static void assertClose(double[] expected, double[] actual, double tolerance, String what) {
    assertEquals(expected.length, actual.length, () -> what + ": number of elements");
    double scale = 1;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < expected.length; i++) {
      // Negated, so that NaN fails.
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
