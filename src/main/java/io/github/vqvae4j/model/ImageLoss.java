package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.Metric;
import java.util.List;

/**
 * The loss of an {@link ImageModel} on a batch of images. Target and reconstruction are either both
 * centered at 0 or both in [0, 1].
 *
 * @param terms the terms whose weighted sum is the loss; the reconstruction term is first
 * @param target the images, [b, h, w, channels]
 * @param reconstruction the reconstructions, of the same shape
 * @param metrics other values to report, in training and evaluation; may be empty
 * @param usage the usage of the model's codebooks; empty if it has none
 */
public record ImageLoss(
    List<LossTerm> terms,
    Tensor target,
    Tensor reconstruction,
    List<Metric> metrics,
    List<CodebookUsage> usage) {}
