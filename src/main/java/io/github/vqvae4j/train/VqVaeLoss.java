package io.github.vqvae4j.train;

import io.github.vqvae4j.model.VqVaeOutput;
import io.github.vqvae4j.nn.LossTerm;
import java.util.ArrayList;
import java.util.List;

/**
 * The loss of a VQ-VAE (van den Oord et al. 2017, equation 3):
 *
 * <pre>
 * L = mean((x - x')^2) / variance + alpha codebook + beta commitment
 * </pre>
 *
 * <p>Every term is a mean over all elements. Dividing by the variance of the data makes weights and
 * learning rates carry over from one data set to another.
 *
 * @param variance what the reconstruction term is divided by, above 0
 */
public record VqVaeLoss(double variance) {
  /** The name of the first term. */
  public static final String RECONSTRUCTION = "reconstruction";

  /**
   * Checks the variance.
   *
   * @throws IllegalArgumentException if it is not above 0
   */
  public VqVaeLoss {
    if (!(variance > 0) || Double.isInfinite(variance)) {
      throw new IllegalArgumentException(
          "VqVaeLoss: expected a variance above 0, got "
              + variance
              + ". Are all training images one flat colour?");
    }
  }

  /**
   * The terms for a batch.
   *
   * @param output of the model
   * @return the reconstruction term with weight 1/variance, then the quantizer's
   */
  public List<LossTerm> terms(VqVaeOutput output) {
    List<LossTerm> terms = new ArrayList<>();
    terms.add(
        new LossTerm(
            RECONSTRUCTION,
            output.reconstruction().meanSquaredError(output.target()),
            1 / variance));
    terms.addAll(output.quantized().terms());
    return terms;
  }
}
