package io.github.vqvae4j.quantize;

import io.github.vqvae4j.tensor.Tensor;

/** Vectors of length 1 in the direction of others. */
final class UnitVectors {
  /** The minimum norm, squared. */
  private static final double MIN_SQUARE = 1e-24;

  private UnitVectors() {}

  /**
   * Returns x / ||x|| along the last axis; 0, with a gradient of 0, where ||x|| is at most 1e-12.
   * Division by the minimum norm, as in {@link Tensor#l2Normalize(int)}, would multiply the
   * gradient of a latent of 0 by 1e12.
   */
  static Tensor of(Tensor x) {
    Tensor squares = x.square().sum(true, -1);
    Tensor isZero = squares.le(MIN_SQUARE);
    return x.div(squares.maskedFill(isZero, 1).sqrt()).mul(isZero.to(x.dtype()).rsub(1));
  }

  /** Returns a copy of rows [n, d] with length 1; those of at most 1e-12 become 0. */
  static float[] of(float[] rows, int d) {
    float[] units = new float[rows.length];
    for (int start = 0; start < rows.length; start += d) {
      double square = 0;
      for (int i = start; i < start + d; i++) {
        square += (double) rows[i] * rows[i];
      }
      for (int i = start; i < start + d; i++) {
        units[i] = square <= MIN_SQUARE ? 0 : (float) (rows[i] / Math.sqrt(square));
      }
    }
    return units;
  }
}
