package io.github.vqvae4j.anomaly;

/**
 * The mean and the standard deviation of both errors among normal images, or among their pixels.
 */
record NormalErrors(
    double reconstructionMean,
    double reconstructionStandardDeviation,
    double quantizationMean,
    double quantizationStandardDeviation) {
  NormalErrors {
    if (reconstructionStandardDeviation < 0 || quantizationStandardDeviation < 0) {
      throw new IllegalArgumentException(
          "NormalErrors: expected standard deviations of at least 0, got "
              + reconstructionStandardDeviation
              + " and "
              + quantizationStandardDeviation
              + ". Calibrate the detector again.");
    }
  }

  static NormalErrors of(Moments reconstruction, Moments quantization) {
    return new NormalErrors(
        reconstruction.mean,
        reconstruction.deviation(),
        quantization.mean,
        quantization.deviation());
  }

  /**
   * Standardizes two errors and combines them.
   *
   * @param weight the weight of the quantization error
   */
  AnomalyScore score(double reconstruction, double quantization, double weight) {
    double r = standardize(reconstruction, reconstructionMean, reconstructionStandardDeviation);
    double q = standardize(quantization, quantizationMean, quantizationStandardDeviation);
    return new AnomalyScore(r, q, (1 - weight) * r + weight * q);
  }

  /** Returns the error in standard deviations; errors that do not vary are only centered. */
  private static double standardize(double value, double mean, double deviation) {
    return (value - mean) / (deviation == 0 ? 1 : deviation);
  }

  /** The mean and the standard deviation of many values, in one pass (Welford 1962). */
  static final class Moments {
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
