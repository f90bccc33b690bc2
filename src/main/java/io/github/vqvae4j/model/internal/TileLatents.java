package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;

/**
 * The latents of a part of an image, outside of steps.
 *
 * @param values the latents [rows, columns, dimension]
 */
record TileLatents(float[] values, int rows, int columns, int dimension) {
  /** Copies latents [1, rows, columns, dimension] out of a step. */
  static TileLatents of(Tensor latents) {
    return new TileLatents(
        latents.toFloats(), (int) latents.size(1), (int) latents.size(2), (int) latents.size(3));
  }

  /** Returns the latents [1, rows, columns, dimension] in a step. */
  Tensor in(Step step) {
    return step.tensor(values, 1, rows, columns, dimension);
  }
}
