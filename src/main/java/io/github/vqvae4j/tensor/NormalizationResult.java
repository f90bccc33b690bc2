package io.github.vqvae4j.tensor;

import java.util.List;

/**
 * The result of {@link Tensor#batchNorm}. In a training run with several workers, mean, variance
 * and count are those of the whole batch.
 *
 * @param output the normalized tensor
 * @param mean the mean of each channel over the batch and all pixels, a constant [channels]
 * @param variance the population variance of each channel, a constant [channels]
 * @param count the number of values of each channel
 */
public record NormalizationResult(Tensor output, Tensor mean, Tensor variance, long count) {
  static NormalizationResult of(List<Tensor> results) {
    return new NormalizationResult(
        results.get(0), results.get(1), results.get(2), (long) results.get(3).toDoubles()[0]);
  }
}
