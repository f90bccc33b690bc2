package io.github.vqvae4j.model;

/**
 * Where a training run or an evaluation is, and what a loss needs to know of its data.
 *
 * @param step counted from 1; 0 before the first
 * @param variance of the training images' pixels
 * @param firstImage the index of a batch's first image in the data set of an evaluation, in which
 *     the images come in their order; 0 in training
 */
public record TrainingProgress(long step, double variance, long firstImage) {
  /**
   * Progress of training.
   *
   * @param step counted from 1; 0 before the first
   * @param variance of the training images' pixels
   */
  public TrainingProgress(long step, double variance) {
    this(step, variance, 0);
  }
}
