package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;

/**
 * The reconstruction loss: the mean squared error over all elements, mean((x - x')^2), with weight
 * 1 / variance. Normalizing by the variance of the data makes loss weights and learning rates
 * transferable between datasets.
 *
 * @param variance the variance of the training images' pixels, above 0
 */
public record ReconstructionLoss(double variance) {
  /** The name of the loss term. */
  public static final String NAME = "reconstruction";

  /**
   * Validates the variance.
   *
   * @throws IllegalArgumentException if the variance is not positive and finite
   */
  public ReconstructionLoss {
    if (!(variance > 0) || Double.isInfinite(variance)) {
      throw new IllegalArgumentException(
          "ReconstructionLoss: expected a variance above 0, got "
              + variance
              + ". Check whether all training images are of one uniform color.");
    }
  }

  /**
   * Returns the loss term of a batch.
   *
   * @param reconstruction the reconstructions, [b, h, w, channels]
   * @param target the images, of the same shape
   * @return the mean squared error and its weight
   */
  public LossTerm term(Tensor reconstruction, Tensor target) {
    return new LossTerm(NAME, reconstruction.meanSquaredError(target), 1 / variance);
  }
}
