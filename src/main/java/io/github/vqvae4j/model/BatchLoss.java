package io.github.vqvae4j.model;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * What an {@link ImageModel} gives for a batch of images. Pixels of target and reconstruction are
 * both centred or both not.
 *
 * @param terms what the loss is the weighted sum of, the reconstruction term first
 * @param target the images themselves, [b, h, w, channels]
 * @param reconstruction of the same shape
 * @param usage of the codes; of 0 codes for a model without a codebook
 */
public record BatchLoss(
    List<LossTerm> terms, Tensor target, Tensor reconstruction, CodeUsage usage) {}
