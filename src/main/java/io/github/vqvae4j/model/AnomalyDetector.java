package io.github.vqvae4j.model;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.data.SeriesTiles;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.model.NormalErrors.Moments;
import io.github.vqvae4j.tensor.NonFiniteException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Finds images that are unlike those a model was trained on: the model has not learned to
 * reconstruct them, and has no codes near them.
 *
 * <pre>{@code
 * AnomalyDetector detector =
 *     AnomalyDetector.calibrate(model, heldOutNormals, AnomalyConfig.falsePositiveRate(0.01));
 * AnomalyScore score = detector.scores(images).get(0);
 * boolean anomalous = detector.isAnomalous(score);
 * }</pre>
 *
 * <p>A {@link VqVae} gives two errors at each pixel, any other model only the first:
 *
 * <pre>
 * reconstruction  mean over channels of (x - x')^2
 * quantization    mean over D of (z_e - e_k)^2, that of the code which stands for the pixel
 * </pre>
 *
 * Both are smoothed by a mean over s x s pixels. An image's error is the mean over the given share
 * of its pixels within the border, those of the largest error. Each of an image's two errors, r and
 * q, is then measured in standard deviations from its mean among held-out normal images, so that
 * neither unit dominates, and both are mixed:
 *
 * <pre>
 * total = (1 - w) (r - mean r) / deviation r  +  w (q - mean q) / deviation q
 * </pre>
 *
 * <p>The threshold is the m-th largest total of the n held-out normal images, m = floor(f (n + 1)):
 * fewer than f n of them exceed it, and so does, with a probability of at most f, a further normal
 * image (conformal prediction: Vovk, Gammerman and Shafer 2005), if it comes from where the
 * held-out ones came from; that means and deviations are those of the same n images matters less
 * the more they are. They must be images that the model was not trained on: those it was trained on
 * it reconstructs better, and the threshold would be too low.
 *
 * <p>All methods may be called from any number of threads, but not while the model trains.
 * Calibrate anew after training. A window of a series is an image of height 1 here as elsewhere.
 */
public final class AnomalyDetector {
  /** What floating point may take from f (n + 1), where that is a whole number. */
  private static final double ROUNDING = 1e-9;

  private final ImageModel model;
  private final AnomalyCalibration calibration;

  private AnomalyDetector(ImageModel model, AnomalyCalibration calibration) {
    this.model = model;
    this.calibration = calibration;
  }

  /**
   * Learns from normal images how large the model's errors are among them. They go through the
   * model twice, the second time for {@link #heatThreshold}.
   *
   * @param model a trained model, which stays the caller's
   * @param normals n images of the kind it was trained on, but none that it was trained on; at
   *     least 1/f - 1
   * @param config f, w, s and the share
   * @return the detector
   * @throws IllegalArgumentException if there are too few images for f, or they are not of the size
   *     and channels that the model takes
   * @throws NonFiniteException if one of the model's parameters and buffers, or what it gives, is
   *     NaN or infinite
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
    ErrorMaps.each(
        model,
        normals,
        used.smoothing(),
        (image, reconstruction, quantization) -> {
          double[] r = inner.of(reconstruction);
          double[] q = inner.of(quantization);
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
    ErrorMaps.each(
        model,
        normals,
        used.smoothing(),
        (i, reconstruction, quantization) -> {
          double w = used.quantizationWeight();
          totals[i] = image.score(reconstructions[i], quantizations[i], w).total();
          hottest[i] =
              Arrays.stream(heat(pixel, inner.of(reconstruction), inner.of(quantization), w))
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

  /** What lies within the border of images. */
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
                + "; give larger images, or a smaller border.");
      }
      return new Inner(height, images.width(), top, border);
    }

    boolean has(int pixel) {
      int y = pixel / width;
      int x = pixel % width;
      return y >= top && y < height - top && x >= left && x < width - left;
    }

    double[] of(double[] map) {
      int columns = width - 2 * left;
      double[] inner = new double[(height - 2 * top) * columns];
      for (int y = top; y < height - top; y++) {
        System.arraycopy(map, y * width + left, inner, (y - top) * columns, columns);
      }
      return inner;
    }
  }

  /** m, counted from 1 for the largest. */
  private static int rank(double falsePositiveRate, int n) {
    int rank = (int) Math.min(n, falsePositiveRate * (n + 1L) + ROUNDING);
    if (rank < 1) {
      throw new IllegalArgumentException(
          "AnomalyDetector: expected for a false-positive rate of "
              + falsePositiveRate
              + " at least "
              + (long) Math.ceil(1 / falsePositiveRate - 1 - ROUNDING)
              + " held-out normal images, got "
              + n
              + ", which are enough for "
              + 1.0 / (n + 1L)
              + " or more; hold out more of them, or allow a larger rate.");
    }
    return rank;
  }

  private static double largest(double[] values, int rank) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - rank];
  }

  private static double meanOfLargest(double[] map, double share) {
    int count = (int) Math.max(1, Math.round(share * map.length));
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
   * How unusual images are.
   *
   * @param images of the size and channels that the model takes, in 0..1
   * @return a score for each
   * @throws NonFiniteException as {@link #calibrate}
   */
  public List<AnomalyScore> scores(Dataset images) {
    AnomalyConfig config = calibration.config();
    Inner inner = Inner.of(images, config.border());
    List<AnomalyScore> scores = new ArrayList<>();
    ErrorMaps.each(
        model,
        images,
        config.smoothing(),
        (image, reconstruction, quantization) ->
            scores.add(
                calibration
                    .imageErrors()
                    .score(
                        meanOfLargest(inner.of(reconstruction), config.topFraction()),
                        meanOfLargest(inner.of(quantization), config.topFraction()),
                        config.quantizationWeight())));
    return scores;
  }

  /**
   * Where images are unusual: both errors of each pixel, smoothed, in standard deviations among the
   * pixels of normal images, mixed with the same weight as an image's.
   *
   * @param images as for {@link #scores}
   * @return [images, height, width, 1], numbers around 0 and above {@link #heatThreshold} where
   *     something is wrong; not pixels in 0..1 but {@link Images#unbounded}. Pixels of the border,
   *     for which the threshold says nothing, get 0, the heat of an average pixel, or, if the
   *     threshold is not above 0, a number just below it
   * @throws IllegalArgumentException if the images are {@link SeriesTiles} whose margin is smaller
   *     than the border, so that times between the ends of the series would lie in it
   */
  public Images heatMap(Dataset images) {
    AnomalyConfig config = calibration.config();
    checkMargin(images, config.border());
    Inner inner = Inner.of(images, config.border());
    float edge = Math.min(0, Math.nextDown((float) heatThreshold()));
    int each = images.height() * images.width();
    float[] heat =
        new float[Lengths.ofImages("AnomalyDetector.heatMap", images.size(), each, "pixels")];
    ErrorMaps.each(
        model,
        images,
        config.smoothing(),
        (image, reconstruction, quantization) -> {
          double[] one =
              heat(
                  calibration.pixelErrors(),
                  reconstruction,
                  quantization,
                  config.quantizationWeight());
          for (int i = 0; i < each; i++) {
            heat[image * each + i] = inner.has(i) ? (float) one[i] : edge;
          }
        });
    return Images.of(heat, images.size(), images.height(), images.width(), 1).unbounded();
  }

  private static void checkMargin(Dataset images, int border) {
    if (images instanceof SeriesTiles tiles && tiles.size() > 1 && tiles.margin() < border) {
      throw new IllegalArgumentException(
          "AnomalyDetector.heatMap: expected windows whose margin is at least the border of "
              + border
              + " samples, or some times of the series would be looked at in no window, got "
              + tiles
              + "; give SeriesTiles.of a larger margin, or calibrate with a smaller border.");
    }
  }

  /**
   * Whether a score is above the threshold.
   *
   * @param score of an image
   * @return true of a normal image with a probability of at most f
   */
  public boolean isAnomalous(AnomalyScore score) {
    return score.total() > threshold();
  }

  /**
   * What an anomalous image's total exceeds.
   *
   * @return the m-th largest total of the held-out normal images
   */
  public double threshold() {
    return calibration.threshold();
  }

  /**
   * What the heat of an anomalous pixel exceeds: the m-th largest of the numbers that are the
   * largest heat in each held-out normal image. In a normal image of their size any pixel is above
   * it with a probability of at most f.
   *
   * @return a heat
   */
  public double heatThreshold() {
    return calibration.heatThreshold();
  }

  /**
   * The settings.
   *
   * @return as given to {@link #calibrate}; for a model without a codebook its weight of the
   *     quantization error is 0
   */
  public AnomalyConfig config() {
    return calibration.config();
  }

  /**
   * Writes all but the model to a file. Save the model beside it.
   *
   * @param file JSON; an existing one is replaced once the new one is complete
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    RecordFile.write(file, calibration);
  }

  /**
   * Reads a detector.
   *
   * @param file written by {@link #save}
   * @param model the model it was calibrated with, loaded from its own file
   * @return the detector
   * @throws BadFileException if the file is damaged or belongs to a model of other weights
   * @throws IOException if there is no such file
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
