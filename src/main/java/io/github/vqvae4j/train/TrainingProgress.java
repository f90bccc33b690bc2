package io.github.vqvae4j.train;

/**
 * The position of a training run or evaluation, on which a loss may depend.
 *
 * @param step the training step, counted from 1; {@code Long.MAX_VALUE} in evaluations, so that
 *     warm-ups of loss weights are complete
 * @param firstExample the index of the first example of the batch, or of a worker's share of it:
 *     within the examples of a training step, those of accumulated batches included; within the
 *     data in evaluations, which process it in order
 */
public record TrainingProgress(long step, long firstExample) {}
