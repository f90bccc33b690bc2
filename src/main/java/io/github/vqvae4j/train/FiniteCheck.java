package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.Tensor;

/** Finds NaN and infinity in gradients. */
final class FiniteCheck {
  private static final int LENGTH = 2048;

  private FiniteCheck() {}

  /**
   * The sum of squares, in which every NaN, infinity and number too large to be squared shows: what
   * an optimizer that squares gradients can take is finite here.
   */
  static double sumOfSquares(Tensor gradient) {
    float[] slice = new float[LENGTH];
    // A sum for each place in a slice: these additions are independent, so they go side by side.
    float[] squares = new float[LENGTH];
    long size = gradient.length();
    for (long offset = 0; offset < size; offset += LENGTH) {
      int length = (int) Math.min(LENGTH, size - offset);
      gradient.read(offset, slice, 0, length);
      for (int i = 0; i < length; i++) {
        squares[i] += slice[i] * slice[i];
      }
    }
    double sum = 0;
    for (int i = 0; i < Math.min(LENGTH, size); i++) {
      sum += squares[i];
    }
    return sum;
  }
}
