package io.github.vqvae4j.model;

/**
 * Where a training run is, and what a loss needs to know of its data.
 *
 * @param step counted from 1; 0 before the first
 * @param variance of the training images' pixels
 */
public record TrainingProgress(long step, double variance) {}
