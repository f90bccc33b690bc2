package io.github.vqvae4j.nn;

import java.util.Arrays;

/** What the normalizing layers have in common. */
final class Norms {
  /** PyTorch's. */
  static final double EPSILON = 1e-5;

  private Norms() {}

  static void check(String layer, int channels, double epsilon) {
    if (channels < 1 || !(epsilon > 0)) {
      throw new IllegalArgumentException(
          layer
              + ": expected a size of at least 1 and an epsilon above 0, got "
              + channels
              + " and "
              + epsilon
              + ".");
    }
  }

  static float[] ones(int size) {
    float[] ones = new float[size];
    Arrays.fill(ones, 1);
    return ones;
  }
}
