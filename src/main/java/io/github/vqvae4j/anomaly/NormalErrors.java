package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.config.Added;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.log.internal.Log;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

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
  private static final Logger LOG = Log.of(AnomalyDetector.class);

  /** Relative to the mean: smaller deviations are rounding errors of equal values. */
  private static final double MIN_DEVIATION = 1e-12;

  NormalErrors {
    check("reconstruction", reconstructionMean, reconstructionStandardDeviation);
    check("quantization", quantizationMean, quantizationStandardDeviation);
    check("surprise", surpriseMean, surpriseStandardDeviation);
  }

  private static void check(String error, double mean, double deviation) {
    boolean isVarying = mean > 0 && deviation > MIN_DEVIATION * mean;
    if (!(mean >= 0) || !(deviation == 0 || isVarying)) {
      throw new IllegalArgumentException(
          "NormalErrors: expected a mean and a standard deviation of the "
              + error
              + " of at least 0, the latter 0 or above the rounding errors of the mean, got "
              + mean
              + " and "
              + deviation
              + ". Calibrate the detector again.");
    }
  }

  /** Warns if an error that has weight is the same for all images. */
  void warnIfConstant(int images, AnomalyConfig config) {
    double v = config.surpriseWeight();
    double w = config.quantizationWeight();
    List<String> constant = new ArrayList<>();
    if (reconstructionStandardDeviation == 0 && v < 1 && w < 1) {
      constant.add("reconstruction error");
    }
    if (quantizationStandardDeviation == 0 && v < 1 && w > 0) {
      constant.add("quantization error");
    }
    if (surpriseStandardDeviation == 0 && v > 0) {
      constant.add("surprise");
    }
    if (!constant.isEmpty()) {
      LOG.warn(
          "The standard deviation of the {} over {} is 0, so that scores contain it in its own unit,"
              + " not in standard deviations. Calibrate on more images, which differ.",
          String.join(" and the ", constant),
          Counts.of(images, "normal image"));
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
      double deviation = Math.sqrt(squares / count);
      return deviation > MIN_DEVIATION * mean ? deviation : 0;
    }
  }
}
