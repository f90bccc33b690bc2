package io.github.vqvae4j.model;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * The loss of an {@link ImageModel} on a batch of images. Target and reconstruction are either both
 * centered at 0 or both in [0, 1].
 *
 * @param terms the terms whose weighted sum is the loss; the reconstruction term is first
 * @param target the images, [b, h, w, channels]
 * @param reconstruction the reconstructions, of the same shape
 * @param usage the code usage, with 0 codes for a model without a codebook
 */
public record BatchLoss(
    List<LossTerm> terms, Tensor target, Tensor reconstruction, CodeUsage usage) {}
