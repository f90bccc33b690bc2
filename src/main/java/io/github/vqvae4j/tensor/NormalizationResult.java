package io.github.vqvae4j.tensor;

import java.util.List;

/**
 * The result of {@link Tensor#batchNorm}.
 *
 * @param output the normalized tensor
 * @param mean the mean of each channel over the batch and all pixels, a constant [channels]
 * @param variance the population variance of each channel, a constant [channels]
 */
public record NormalizationResult(Tensor output, Tensor mean, Tensor variance) {
  static NormalizationResult of(List<Tensor> results) {
    return new NormalizationResult(results.get(0), results.get(1), results.get(2));
  }
}
