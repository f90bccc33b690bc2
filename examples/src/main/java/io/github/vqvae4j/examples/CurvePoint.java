package io.github.vqvae4j.examples;

/**
 * A point of a training curve: means over the steps since the point before.
 *
 * @param step the last of these steps
 * @param normalizedError mean squared error of each batch, over the variance of all images
 * @param perplexity of the codes in each batch; NaN where it was not recorded
 */
record CurvePoint(long step, double normalizedError, double perplexity) {}
