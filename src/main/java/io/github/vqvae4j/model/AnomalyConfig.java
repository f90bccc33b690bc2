package io.github.vqvae4j.model;

/**
 * The settings of an {@link AnomalyDetector}.
 *
 * @param falsePositives f, the share of normal images that may be called anomalous, above 0 and
 *     below 1
 * @param quantization w, how much the quantization error counts beside the reconstruction error,
 *     from 0 (only reconstruction) to 1 (only quantization); by default 0.25, since it knows less
 *     in most models; without effect for a model without a codebook
 * @param smoothing s, an odd number: each pixel's error is replaced by the mean over the s x s
 *     pixels around it; by default 3; 1 for none
 * @param share the part of an image, above 0 and at most 1, that decides its score: the mean is
 *     taken over this share of its pixels, those of the largest error; by default 1, all pixels; a
 *     small share finds small defects in large images
 */
public record AnomalyConfig(
    double falsePositives, double quantization, int smoothing, double share) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public AnomalyConfig {
    if (!(falsePositives > 0 && falsePositives < 1)) {
      throw new IllegalArgumentException(
          "AnomalyConfig: expected a false-positive rate above 0 and below 1, got "
              + falsePositives
              + "; 0.01 calls one normal image in a hundred anomalous.");
    }
    if (!(quantization >= 0 && quantization <= 1)) {
      throw new IllegalArgumentException(
          "AnomalyConfig: expected a weight of the quantization error from 0 to 1, got "
              + quantization
              + "; 0 leaves it out, 1 takes nothing else.");
    }
    if (smoothing < 1 || smoothing % 2 == 0) {
      throw new IllegalArgumentException(
          "AnomalyConfig: expected a smoothing of an odd number of pixels, at least 1, got "
              + smoothing
              + "; 1 leaves the errors as they are.");
    }
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException(
          "AnomalyConfig: expected a share of the pixels above 0 and at most 1, got "
              + share
              + "; 1 takes the mean over the whole image.");
    }
  }

  /**
   * Settings for a false-positive rate.
   *
   * @param rate f, such as 0.01
   * @return the settings, to be changed or used
   */
  public static AnomalyConfig falsePositives(double rate) {
    return new AnomalyConfig(rate, 0.25, 3, 1);
  }

  /**
   * Sets how much the quantization error counts.
   *
   * @param weight from 0 to 1
   * @return these settings with it
   */
  public AnomalyConfig quantization(double weight) {
    return new AnomalyConfig(falsePositives, weight, smoothing, share);
  }

  /**
   * Sets over how many pixels errors are averaged.
   *
   * @param side of the square, odd
   * @return these settings with it
   */
  public AnomalyConfig smoothing(int side) {
    return new AnomalyConfig(falsePositives, quantization, side, share);
  }

  /**
   * Sets how much of an image decides its score.
   *
   * @param part of its pixels, above 0 and at most 1
   * @return these settings with it
   */
  public AnomalyConfig share(double part) {
    return new AnomalyConfig(falsePositives, quantization, smoothing, part);
  }
}
