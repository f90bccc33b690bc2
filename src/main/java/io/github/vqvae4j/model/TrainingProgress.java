package io.github.vqvae4j.model;

/**
 * The progress of a training run or evaluation, and the statistics of its data that a loss depends
 * on.
 *
 * @param step the training step, counted from 1; 0 before the first step
 * @param variance the variance of the training images' pixels
 * @param firstImage the index of the batch's first image in the dataset, for evaluations, which
 *     process images in order; 0 in training
 */
public record TrainingProgress(long step, double variance, long firstImage) {
  /**
   * Creates the progress of a training run.
   *
   * @param step the training step, counted from 1; 0 before the first step
   * @param variance the variance of the training images' pixels
   */
  public TrainingProgress(long step, double variance) {
    this(step, variance, 0);
  }
}
