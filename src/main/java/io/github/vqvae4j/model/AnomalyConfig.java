package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of an {@link AnomalyDetector}.
 *
 * @param falsePositiveRate f, the share of normal images that may be called anomalous, above 0 and
 *     below 1
 * @param quantizationWeight w, how much the quantization error counts beside the reconstruction
 *     error, from 0 (only reconstruction) to 1 (only quantization); by default 0.25, since it knows
 *     less in most models; without effect for a model without a codebook
 * @param smoothing s, an odd number: each pixel's error is replaced by the mean over the s x s
 *     pixels around it; by default 3; 1 for none
 * @param topFraction the part of an image, above 0 and at most 1, that decides its score: the mean
 *     is taken over this share of its pixels, those of the largest error; by default 1, all pixels;
 *     a small share finds small defects in large images
 * @param border so many pixels at each end of an image's rows, and of its columns unless its height
 *     is 1, count for no score and no threshold, and are never hot: a convolutional model, which
 *     sees nothing beyond an image, is worse at its edges than anywhere; by default 0. For a whole
 *     series looked at through {@code SeriesTiles}, their margin
 */
public record AnomalyConfig(
    double falsePositiveRate,
    double quantizationWeight,
    int smoothing,
    double topFraction,
    int border) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public AnomalyConfig {
    Require.that(
        falsePositiveRate > 0 && falsePositiveRate < 1,
        "AnomalyConfig.falsePositiveRate",
        "a share above 0 and below 1",
        falsePositiveRate,
        "0.01 calls one normal image in a hundred anomalous");
    Require.that(
        quantizationWeight >= 0 && quantizationWeight <= 1,
        "AnomalyConfig.quantizationWeight",
        "a weight from 0 to 1",
        quantizationWeight,
        "0 leaves the quantization error out, 1 takes nothing else");
    Require.that(
        smoothing >= 1 && smoothing % 2 == 1,
        "AnomalyConfig.smoothing",
        "an odd number of pixels, at least 1",
        smoothing,
        "1 leaves the errors as they are");
    Require.that(
        topFraction > 0 && topFraction <= 1,
        "AnomalyConfig.topFraction",
        "a part of the pixels, above 0 and at most 1",
        topFraction,
        "1 takes the mean over the whole image");
    Require.that(
        border >= 0,
        "AnomalyConfig.border",
        "at least 0 pixels",
        border,
        "0 looks at all of an image");
  }

  /**
   * Settings for a false-positive rate.
   *
   * @param rate f, such as 0.01
   * @return the settings, to be changed or used
   */
  public static AnomalyConfig falsePositiveRate(double rate) {
    return new AnomalyConfig(rate, 0.25, 3, 1, 0);
  }

  /**
   * Sets how much the quantization error counts.
   *
   * @param weight from 0 to 1
   * @return these settings with it
   */
  public AnomalyConfig quantizationWeight(double weight) {
    return Records.with(this, "quantizationWeight", weight);
  }

  /**
   * Sets over how many pixels errors are averaged.
   *
   * @param side of the square, odd
   * @return these settings with it
   */
  public AnomalyConfig smoothing(int side) {
    return Records.with(this, "smoothing", side);
  }

  /**
   * Sets how much of an image decides its score.
   *
   * @param part of its pixels, above 0 and at most 1
   * @return these settings with it
   */
  public AnomalyConfig topFraction(double part) {
    return Records.with(this, "topFraction", part);
  }

  /**
   * Sets how much of an image's edges is not looked at.
   *
   * @param pixels at each edge
   * @return these settings with it
   */
  public AnomalyConfig border(int pixels) {
    return Records.with(this, "border", pixels);
  }
}
