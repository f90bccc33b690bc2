package io.github.vqvae4j.tensor;

/**
 * What {@link Tensor#batchNorm} gives.
 *
 * @param output the normalized tensor
 * @param mean [channels], of each channel over all pixels; a constant
 * @param variance [channels], the mean squared difference from the mean; a constant
 */
public record Normalized(Tensor output, Tensor mean, Tensor variance) {}
