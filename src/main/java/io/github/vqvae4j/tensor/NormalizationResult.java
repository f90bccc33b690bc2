package io.github.vqvae4j.tensor;

import java.util.List;

/**
 * What {@link Tensor#batchNorm} gives.
 *
 * @param output the normalized tensor
 * @param mean [channels], of each channel over all pixels; a constant
 * @param variance [channels], the mean squared difference from the mean; a constant
 */
public record NormalizationResult(Tensor output, Tensor mean, Tensor variance) {
  static NormalizationResult of(List<Tensor> results) {
    return new NormalizationResult(results.get(0), results.get(1), results.get(2));
  }
}
