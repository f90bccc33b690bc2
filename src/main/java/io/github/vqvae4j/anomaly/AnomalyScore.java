package io.github.vqvae4j.anomaly;

/**
 * The anomaly score of an image, computed by an {@link AnomalyDetector}. All values are in standard
 * deviations of normal images: 0 for an average normal image, 1 for one standard deviation above
 * the average. An error that is the same for all normal images is only centered, in its own unit.
 *
 * @param reconstruction the standardized reconstruction error
 * @param quantization the standardized quantization error, the distance of the encoder output to
 *     the codebook; 0 for a model other than a {@code VqVae}
 * @param surprise the standardized surprise, the negative log-probability of the image's codes
 *     under a prior, averaged like the other errors; 0 for a detector without a prior
 * @param total the weighted sum of the three, which is compared with the threshold
 */
public record AnomalyScore(
    double reconstruction, double quantization, double surprise, double total) {}
