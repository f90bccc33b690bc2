package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.anomaly.NormalErrors.Moments;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.SeriesTiles;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.tensor.NonFiniteException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Detects images that differ from those a model was trained on: the model reconstructs them poorly,
 * and its codebook does not represent them well.
 *
 * <pre>{@code
 * AnomalyDetector detector =
 *     AnomalyDetector.calibrate(model, heldOut, AnomalyConfig.falsePositiveRate(0.01));
 * AnomalyScore score = detector.scores(images).get(0);
 * boolean anomalous = detector.isAnomalous(score);
 * detector.save(Path.of("detector.json"));
 * }</pre>
 *
 * <p>There are two errors per pixel; models other than a {@link VqVae} only have the first:
 *
 * <pre>
 * reconstruction  mean over channels of (x - x')^2
 * quantization    mean over D of (z_e - e_k)^2 at the latent position of the pixel
 * </pre>
 *
 * Both are smoothed by the mean over s x s pixels. The error of an image is the mean of the largest
 * errors among its pixels outside the border; {@link AnomalyConfig#topFraction} sets the fraction
 * of pixels used. The two errors of an image, r and q, are standardized by their mean and standard
 * deviation among held-out normal images, which makes them comparable, and combined:
 *
 * <pre>
 * total = (1 - w) (r - mean r) / std r  +  w (q - mean q) / std q
 * </pre>
 *
 * <p>The smoothing size s, the weight w of the quantization error and the maximum false-positive
 * rate f are set by {@link AnomalyConfig}.
 *
 * <p>The threshold is the m-th largest total of the n held-out normal images, m = floor(f (n + 1)).
 * Fewer than f n of them exceed it. A further normal image from the same distribution exceeds it
 * with a probability of at most f (conformal prediction: Vovk, Gammerman and Shafer 2005). The
 * means and standard deviations are computed from the same n images; the resulting bias decreases
 * as n grows. The model must not have been trained on these images: it reconstructs its training
 * images better, and the threshold would be too low.
 *
 * <p>All methods may be called from any number of threads, but not while the model is being
 * trained. Calibrate again after training. A window of a series is an image of height 1.
 */
public final class AnomalyDetector {
  /** The tolerance for rounding errors of f (n + 1) where it is an integer. */
  private static final double ROUNDING = 1e-9;

  private final ImageModel model;
  private final AnomalyCalibration calibration;

  private AnomalyDetector(ImageModel model, AnomalyCalibration calibration) {
    this.model = model;
    this.calibration = calibration;
  }

  /**
   * Calibrates a detector on held-out normal images. The images are processed twice, the second
   * time for {@link #heatThreshold}.
   *
   * @param model a trained model, which remains owned by the caller
   * @param normals n images of the kind that the model was trained on, but none of its training
   *     images; at least 1/f - 1
   * @param config the settings
   * @return the detector
   * @throws IllegalArgumentException if there are too few images for f, the images do not have the
   *     size and channels that the model expects, or they are not larger than twice the border
   * @throws NonFiniteException if a parameter, a buffer or an output of the model is NaN or
   *     infinite
   */
  public static AnomalyDetector calibrate(ImageModel model, Dataset normals, AnomalyConfig config) {
    int n = normals.size();
    int rank = rank(config.falsePositiveRate(), n);
    AnomalyConfig used = model instanceof VqVae ? config : config.quantizationWeight(0);
    Inner inner = Inner.of(normals, used.border());
    double[] reconstructions = new double[n];
    double[] quantizations = new double[n];
    Moments pixelReconstruction = new Moments();
    Moments pixelQuantization = new Moments();
    ErrorMaps.forEach(
        model,
        normals,
        used.smoothing(),
        (image, reconstruction, quantization) -> {
          double[] r = inner.crop(reconstruction);
          double[] q = inner.crop(quantization);
          reconstructions[image] = meanOfLargest(r, used.topFraction());
          quantizations[image] = meanOfLargest(q, used.topFraction());
          pixelReconstruction.add(r);
          pixelQuantization.add(q);
        });
    Moments imageReconstruction = new Moments();
    Moments imageQuantization = new Moments();
    imageReconstruction.add(reconstructions);
    imageQuantization.add(quantizations);
    NormalErrors image = NormalErrors.of(imageReconstruction, imageQuantization);
    NormalErrors pixel = NormalErrors.of(pixelReconstruction, pixelQuantization);

    double[] totals = new double[n];
    double[] hottest = new double[n];
    ErrorMaps.forEach(
        model,
        normals,
        used.smoothing(),
        (i, reconstruction, quantization) -> {
          double w = used.quantizationWeight();
          totals[i] = image.score(reconstructions[i], quantizations[i], w).total();
          hottest[i] =
              Arrays.stream(heat(pixel, inner.crop(reconstruction), inner.crop(quantization), w))
                  .max()
                  .getAsDouble();
        });
    return new AnomalyDetector(
        model,
        new AnomalyCalibration(
            AnomalyCalibration.checksum(model),
            used,
            n,
            image,
            pixel,
            largest(totals, rank),
            largest(hottest, rank)));
  }

  /** The area of an image inside its border. */
  private record Inner(int height, int width, int top, int left) {
    static Inner of(Dataset images, int border) {
      int height = images.height();
      int top = height == 1 ? 0 : border;
      if (2L * top >= height || 2L * border >= images.width()) {
        throw new IllegalArgumentException(
            "AnomalyDetector: expected images larger than twice the border of "
                + border
                + " pixels, got "
                + height
                + "x"
                + images.width()
                + ". Use larger images or a smaller border.");
      }
      return new Inner(height, images.width(), top, border);
    }

    boolean contains(int pixel) {
      int y = pixel / width;
      int x = pixel % width;
      return y >= top && y < height - top && x >= left && x < width - left;
    }

    double[] crop(double[] map) {
      int columns = width - 2 * left;
      double[] inner = new double[(height - 2 * top) * columns];
      for (int y = top; y < height - top; y++) {
        System.arraycopy(map, y * width + left, inner, (y - top) * columns, columns);
      }
      return inner;
    }
  }

  /** Returns m, the rank of the threshold, counted from 1 for the largest value. */
  private static int rank(double falsePositiveRate, int n) {
    int rank = (int) Math.min(n, falsePositiveRate * (n + 1L) + ROUNDING);
    if (rank < 1) {
      throw new IllegalArgumentException(
          "AnomalyDetector: expected at least "
              + (long) Math.ceil(1 / falsePositiveRate - 1 - ROUNDING)
              + " held-out normal images for a false-positive rate of "
              + falsePositiveRate
              + ", got "
              + n
              + ", which is enough only for a false-positive rate of at least "
              + 1.0 / (n + 1L)
              + ". Hold out more images, or allow a higher false-positive rate.");
    }
    return rank;
  }

  private static double largest(double[] values, int rank) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - rank];
  }

  private static double meanOfLargest(double[] map, double fraction) {
    int count = (int) Math.max(1, Math.round(fraction * map.length));
    double[] sorted = map.clone();
    Arrays.sort(sorted);
    return Arrays.stream(sorted, sorted.length - count, sorted.length).average().getAsDouble();
  }

  private static double[] heat(NormalErrors pixel, double[] r, double[] q, double weight) {
    return IntStream.range(0, r.length)
        .mapToDouble(i -> pixel.score(r[i], q[i], weight).total())
        .toArray();
  }

  /**
   * Computes the anomaly scores of images.
   *
   * @param images images of the size and channels that the model expects, in [0, 1]
   * @return one score per image
   * @throws IllegalArgumentException if the images are not larger than twice the border
   * @throws NonFiniteException as for {@link #calibrate}
   */
  public List<AnomalyScore> scores(Dataset images) {
    AnomalyConfig config = calibration.config();
    Inner inner = Inner.of(images, config.border());
    List<AnomalyScore> scores = new ArrayList<>();
    ErrorMaps.forEach(
        model,
        images,
        config.smoothing(),
        (image, reconstruction, quantization) ->
            scores.add(
                calibration
                    .imageErrors()
                    .score(
                        meanOfLargest(inner.crop(reconstruction), config.topFraction()),
                        meanOfLargest(inner.crop(quantization), config.topFraction()),
                        config.quantizationWeight())));
    return scores;
  }

  /**
   * Computes heat maps that locate anomalies: both errors of each pixel, smoothed, standardized by
   * their mean and standard deviation among the pixels of normal images, and combined like the
   * total score.
   *
   * @param images as for {@link #scores}
   * @return [images, height, width, 1], values around 0 for normal pixels and above {@link
   *     #heatThreshold} for anomalous ones; not in [0, 1] but {@link Images#unbounded}. Pixels of
   *     the border, for which the threshold is not defined, are 0, the heat of an average pixel,
   *     or, if the threshold is not above 0, a value just below it
   * @throws IllegalArgumentException if the images are {@link SeriesTiles} whose margin is smaller
   *     than the border, so that parts of the series would lie in the border of every window, or
   *     the images are not larger than twice the border
   */
  public Images heatMap(Dataset images) {
    AnomalyConfig config = calibration.config();
    checkMargin(images, config.border());
    Inner inner = Inner.of(images, config.border());
    float edge = Math.min(0, Math.nextDown((float) heatThreshold()));
    int pixels = images.height() * images.width();
    float[] heat =
        new float
            [ArrayLengths.ofImages("AnomalyDetector.heatMap", images.size(), pixels, "pixels")];
    ErrorMaps.forEach(
        model,
        images,
        config.smoothing(),
        (image, reconstruction, quantization) -> {
          double[] map =
              heat(
                  calibration.pixelErrors(),
                  reconstruction,
                  quantization,
                  config.quantizationWeight());
          for (int i = 0; i < pixels; i++) {
            heat[image * pixels + i] = inner.contains(i) ? (float) map[i] : edge;
          }
        });
    return Images.of(heat, images.size(), images.height(), images.width(), 1).unbounded();
  }

  private static void checkMargin(Dataset images, int border) {
    if (images instanceof SeriesTiles tiles && tiles.size() > 1 && tiles.margin() < border) {
      throw new IllegalArgumentException(
          "AnomalyDetector.heatMap: expected windows with a margin of at least the border of "
              + border
              + " samples, so that each sample is evaluated in one window, got "
              + tiles
              + ". Pass a larger margin to SeriesTiles.of, or calibrate with a smaller border.");
    }
  }

  /**
   * Returns whether a score exceeds the threshold.
   *
   * @param score the score of an image
   * @return true with a probability of at most f if the image is normal
   */
  public boolean isAnomalous(AnomalyScore score) {
    return score.total() > threshold();
  }

  /**
   * Returns the threshold of the total score.
   *
   * @return the m-th largest total of the held-out normal images
   */
  public double threshold() {
    return calibration.threshold();
  }

  /**
   * Returns the threshold of the heat: the m-th largest of the maximum heats of the held-out normal
   * images. A normal image of the same size contains a pixel above it with a probability of at most
   * f.
   *
   * @return the threshold, in the unit of {@link #heatMap}
   */
  public double heatThreshold() {
    return calibration.heatThreshold();
  }

  /**
   * Returns the settings.
   *
   * @return the settings given to {@link #calibrate}; for a model without a codebook, the weight of
   *     the quantization error is 0
   */
  public AnomalyConfig config() {
    return calibration.config();
  }

  /**
   * Saves the calibration, without the model, which is saved separately.
   *
   * @param file a JSON file; an existing file is replaced only after the new one is complete
   * @throws IOException if the file cannot be written
   */
  public void save(Path file) throws IOException {
    RecordFile.write(file, calibration);
  }

  /**
   * Loads a detector.
   *
   * @param file a file written by {@link #save}
   * @param model the model that the detector was calibrated with
   * @return the detector
   * @throws BadFileException if the file is corrupt or belongs to a model with different weights
   * @throws IOException if the file does not exist
   */
  public static AnomalyDetector load(Path file, ImageModel model) throws IOException {
    return new AnomalyDetector(model, AnomalyCalibration.read(file, model));
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "AnomalyDetector[threshold %.3f, heat %.3f, from %d normal images, %s]",
        threshold(),
        heatThreshold(),
        calibration.normalImages(),
        config());
  }
}
