package io.github.vqvae4j.examples;

/**
 * A point of a training curve: means over the steps since the previous point.
 *
 * @param step the last of these steps
 * @param normalizedError the mean squared error of the batches, divided by the variance of all
 *     images
 * @param perplexity the perplexity of the codes per batch; NaN if not recorded
 */
record CurvePoint(long step, double normalizedError, double perplexity) {}
