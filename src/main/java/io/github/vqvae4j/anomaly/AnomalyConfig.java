package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.config.Added;
import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of an {@link AnomalyDetector}.
 *
 * @param falsePositiveRate f, the intended maximum fraction of normal images that are classified as
 *     anomalous, above 0 and below 1; {@link AnomalyDetector} states when more are
 * @param quantizationWeight w, the weight of the quantization error relative to the reconstruction
 *     error, from 0 (reconstruction only) to 1 (quantization only); by default 0.25, since the
 *     quantization error is less informative in most models; ignored for a model other than a
 *     {@code VqVae}
 * @param surpriseWeight v, the weight of the surprise of the codes relative to the combination of
 *     the other two errors, from 0 (without the surprise) to 1 (surprise only); by default 0.75;
 *     ignored without a prior
 * @param smoothing k, an odd number: each pixel's error is replaced by the mean over k x k pixels
 *     around it; by default 3; 1 disables smoothing
 * @param topFraction the fraction of an image's pixels, above 0 and at most 1, that determines its
 *     score: the score is the mean over the pixels with the largest errors; by default 1, all
 *     pixels. A small fraction detects small defects in large images.
 * @param border the number of pixels at each edge of an image that are excluded from smoothing,
 *     scores, thresholds and the heat map. Images of height 1 have no top and bottom edge.
 *     Convolutional models, which have no context beyond the edges, are less accurate there. By
 *     default 0; for a whole series split into {@code SeriesTiles}, use their margin.
 */
public record AnomalyConfig(
    double falsePositiveRate,
    double quantizationWeight,
    @Added(version = 2, value = "0") double surpriseWeight,
    int smoothing,
    double topFraction,
    int border) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public AnomalyConfig {
    Require.that(
        falsePositiveRate > 0 && falsePositiveRate < 1,
        "AnomalyConfig.falsePositiveRate",
        "a fraction above 0 and below 1",
        falsePositiveRate,
        "0.01 classifies one in a hundred normal images as anomalous");
    Require.that(
        quantizationWeight >= 0 && quantizationWeight <= 1,
        "AnomalyConfig.quantizationWeight",
        "a weight from 0 to 1",
        quantizationWeight,
        "0 uses the reconstruction error only, 1 the quantization error only");
    Require.that(
        surpriseWeight >= 0 && surpriseWeight <= 1,
        "AnomalyConfig.surpriseWeight",
        "a weight from 0 to 1",
        surpriseWeight,
        "0 ignores the surprise of the codes, 1 uses nothing else");
    Require.that(
        smoothing >= 1 && smoothing % 2 == 1,
        "AnomalyConfig.smoothing",
        "an odd number of pixels, at least 1",
        smoothing,
        "1 disables smoothing");
    Require.that(
        topFraction > 0 && topFraction <= 1,
        "AnomalyConfig.topFraction",
        "a fraction of the pixels, above 0 and at most 1",
        topFraction,
        "1 averages over the whole image");
    Require.that(
        border >= 0,
        "AnomalyConfig.border",
        "at least 0 pixels",
        border,
        "0 includes the whole image");
  }

  /**
   * Returns the default settings for a false-positive rate.
   *
   * @param rate f, such as 0.01
   * @return the settings
   */
  public static AnomalyConfig falsePositiveRate(double rate) {
    return new AnomalyConfig(rate, 0.25, 0.75, 3, 1, 0);
  }

  /**
   * Sets the weight of the quantization error.
   *
   * @param weight w, from 0 to 1
   * @return a copy with the new value
   */
  public AnomalyConfig quantizationWeight(double weight) {
    return Records.with(this, "quantizationWeight", weight);
  }

  /**
   * Sets the weight of the surprise of the codes.
   *
   * @param weight v, from 0 to 1
   * @return a copy with the new value
   */
  public AnomalyConfig surpriseWeight(double weight) {
    return Records.with(this, "surpriseWeight", weight);
  }

  /**
   * Sets the size of the moving average of errors.
   *
   * @param side the side length of the square in pixels, odd
   * @return a copy with the new value
   */
  public AnomalyConfig smoothing(int side) {
    return Records.with(this, "smoothing", side);
  }

  /**
   * Sets the fraction of pixels that determines the score of an image.
   *
   * @param fraction the fraction of the pixels with the largest errors, above 0 and at most 1
   * @return a copy with the new value
   */
  public AnomalyConfig topFraction(double fraction) {
    return Records.with(this, "topFraction", fraction);
  }

  /**
   * Sets the width of the border that is excluded.
   *
   * @param pixels the number of pixels at each edge
   * @return a copy with the new value
   */
  public AnomalyConfig border(int pixels) {
    return Records.with(this, "border", pixels);
  }
}
