package io.github.vqvae4j.model;

/**
 * How large the two errors are among normal images, or among their pixels: what makes standard
 * deviations of them.
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
              + "; calibrate anew.");
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
   * Two errors in standard deviations, and mixed.
   *
   * @param weight of the second
   */
  AnomalyScore score(double reconstruction, double quantization, double weight) {
    double r = standard(reconstruction, reconstructionMean, reconstructionStandardDeviation);
    double q = standard(quantization, quantizationMean, quantizationStandardDeviation);
    return new AnomalyScore(r, q, (1 - weight) * r + weight * q);
  }

  /** What never varied is taken as it is. */
  private static double standard(double value, double mean, double deviation) {
    return (value - mean) / (deviation == 0 ? 1 : deviation);
  }

  /** Mean and standard deviation of many numbers in one pass (Welford 1962). */
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
