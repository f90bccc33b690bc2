package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.config.Added;

/**
 * The mean and the standard deviation of the three errors among normal images, or among their
 * pixels.
 */
record NormalErrors(
    double reconstructionMean,
    double reconstructionStandardDeviation,
    double quantizationMean,
    double quantizationStandardDeviation,
    @Added(version = 2, value = "0") double surpriseMean,
    @Added(version = 2, value = "0") double surpriseStandardDeviation) {
  NormalErrors {
    if (reconstructionStandardDeviation < 0
        || quantizationStandardDeviation < 0
        || surpriseStandardDeviation < 0) {
      throw new IllegalArgumentException(
          "NormalErrors: expected standard deviations of at least 0, got "
              + reconstructionStandardDeviation
              + ", "
              + quantizationStandardDeviation
              + " and "
              + surpriseStandardDeviation
              + ". Calibrate the detector again.");
    }
  }

  /**
   * Standardizes three errors and combines them.
   *
   * @param errors the errors
   * @param i the index of the image or pixel
   * @param config the settings, which contain the weights
   */
  AnomalyScore score(Errors errors, int i, AnomalyConfig config) {
    double r =
        standardize(
            errors.reconstruction()[i], reconstructionMean, reconstructionStandardDeviation);
    double q =
        standardize(errors.quantization()[i], quantizationMean, quantizationStandardDeviation);
    double s = standardize(errors.surprise()[i], surpriseMean, surpriseStandardDeviation);
    double w = config.quantizationWeight();
    double v = config.surpriseWeight();
    return new AnomalyScore(r, q, s, (1 - v) * ((1 - w) * r + w * q) + v * s);
  }

  /** Returns the error in standard deviations; errors that do not vary are only centered. */
  private static double standardize(double value, double mean, double deviation) {
    return (value - mean) / (deviation == 0 ? 1 : deviation);
  }

  /** Collects the means and standard deviations of many errors. */
  static final class Collector {
    private final Moments reconstruction = new Moments();
    private final Moments quantization = new Moments();
    private final Moments surprise = new Moments();

    void add(Errors errors) {
      reconstruction.add(errors.reconstruction());
      quantization.add(errors.quantization());
      surprise.add(errors.surprise());
    }

    NormalErrors normalErrors() {
      return new NormalErrors(
          reconstruction.mean,
          reconstruction.deviation(),
          quantization.mean,
          quantization.deviation(),
          surprise.mean,
          surprise.deviation());
    }
  }

  /** The mean and the standard deviation of many values, in one pass (Welford 1962). */
  private static final class Moments {
    private long count;
    private double mean;
    private double squares;

    void add(double... values) {
      for (double value : values) {
        count++;
        double before = value - mean;
        mean += before / count;
        squares += before * (value - mean);
      }
    }

    private double deviation() {
      return Math.sqrt(squares / count);
    }
  }
}
