package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;

/**
 * How far reconstructions are from their images: mean((x - x')^2), a mean over all elements, in the
 * loss with the weight 1 / variance. Dividing by the variance of the data makes weights and
 * learning rates carry over from one data set to another.
 *
 * @param variance of the training images' pixels, above 0
 */
public record ReconstructionLoss(double variance) {
  /** The name of the term. */
  public static final String NAME = "reconstruction";

  /**
   * Checks the variance.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public ReconstructionLoss {
    if (!(variance > 0) || Double.isInfinite(variance)) {
      throw new IllegalArgumentException(
          "ReconstructionLoss: expected a variance above 0, got "
              + variance
              + ". Are all training images one flat colour?");
    }
  }

  /**
   * The term for a batch.
   *
   * @param reconstruction [b, h, w, channels]
   * @param target of the same shape
   * @return the mean squared error, with its weight
   */
  public LossTerm term(Tensor reconstruction, Tensor target) {
    return new LossTerm(NAME, reconstruction.meanSquaredError(target), 1 / variance);
  }
}
