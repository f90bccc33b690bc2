package io.github.vqvae4j.model;

/**
 * How unusual an {@link AnomalyDetector} finds an image. All three numbers are in standard
 * deviations: 0 for an average normal image, 1 for one standard deviation of the normal images
 * above it.
 *
 * @param reconstruction how badly the image is reconstructed
 * @param quantization how far the image's vectors lie from their codes; 0 for a model without a
 *     codebook
 * @param total both together; what is compared with the threshold
 */
public record AnomalyScore(double reconstruction, double quantization, double total) {}
