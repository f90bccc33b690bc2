package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.TrainingProgress;
import java.util.List;

/**
 * A custom loss for the reconstructions of a model, in place of its reconstruction term.
 *
 * <pre>{@code
 * VqVae model = VqVae.builder()
 *     .encoder(ConvEncoder.channels(3))
 *     .quantizer(VectorQuantizer.ema(256, 32))
 *     .decoder(ConvDecoder.channels(3))
 *     .reconstructionLoss((reconstruction, target, progress) ->
 *         List.of(new LossTerm("l1", reconstruction.meanAbsoluteError(target), 1)))
 *     .build();
 * }</pre>
 */
@FunctionalInterface
public interface CustomReconstructionLoss {
  /**
   * Computes the loss terms of a batch. In a training step, terms are computed from the
   * reconstruction by operations of {@link Tensor}, so that they have a gradient. A term without
   * one is rejected, unless its weight is 0, because it is only reported, or its value is 0.
   *
   * @param reconstruction the reconstructions, [b, h, w, channels]
   * @param target the images, of the same shape and range
   * @param progress the position of the training run or evaluation
   * @return one or more terms, whose names are those of reports; not {@code mse}, {@code
   *     normalizedMse} or {@code psnr}, which are metrics of evaluations
   */
  List<LossTerm> terms(Tensor reconstruction, Tensor target, TrainingProgress progress);
}
