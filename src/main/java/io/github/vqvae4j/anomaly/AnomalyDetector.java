package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.SeriesTiles;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.internal.ArrayLengths;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.tensor.NonFiniteException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Detects images that differ from those a model was trained on: the model reconstructs them poorly,
 * its codebook does not represent them well, and a prior over its codes, if there is one, finds the
 * codes improbable.
 *
 * <pre>{@code
 * AnomalyDetector detector =
 *     AnomalyDetector.calibrate(model, heldOut, AnomalyConfig.falsePositiveRate(0.01));
 * AnomalyScore score = detector.scores(images).get(0);
 * boolean anomalous = detector.isAnomalous(score);
 * detector.save(Path.of("detector.json"));
 * }</pre>
 *
 * <p>There are three errors per pixel. Models other than a {@link VqVae} only have the first, and
 * the third needs a prior:
 *
 * <pre>
 * reconstruction  mean over channels of (x - x')^2
 * quantization    mean over D of (z_e - e_k)^2 at the latent position of the pixel
 * surprise        -ln p(code | codes before it), in nats, at the latent position of the pixel
 * </pre>
 *
 * All are smoothed by the mean over k x k pixels, without those in the border. The error of an
 * image is the mean of the largest errors among its pixels outside the border; {@link
 * AnomalyConfig#topFraction} sets the fraction of pixels used. The errors of an image are
 * standardized by their mean and standard deviation among held-out normal images, which makes them
 * comparable: r, q and s. They are combined:
 *
 * <pre>
 * total = (1 - v) ((1 - w) r + w q) + v s
 * </pre>
 *
 * <p>The smoothing size k, the weights w of the quantization error and v of the surprise, and the
 * maximum false-positive rate f are set by {@link AnomalyConfig}. If all pixels are used, the
 * surprise of an image is about its mean negative log-likelihood per code. The likelihood of codes
 * under an autoregressive prior as an anomaly score: Wang, Zhang, Guo and Han 2020, "Image Anomaly
 * Detection Using Normal Data Only by Latent Space Resampling"; Naval Marimont and Tarroni 2021,
 * "Anomaly detection through latent space restoration using vector-quantized variational
 * autoencoders", arXiv:2012.06765. These also replace improbable codes by samples of the prior,
 * which is not done here.
 *
 * <p>The threshold is the m-th largest total of the n held-out normal images, m = floor(f (n + 1)).
 * Fewer than f n of them exceed it. A further normal image from the same distribution exceeds it
 * with a probability of at most f (conformal prediction: Vovk, Gammerman and Shafer 2005). The
 * means and standard deviations are computed from the same n images; if several errors have weight,
 * the resulting bias can exceed f, but decreases as n grows: in simulations with three independent
 * log-normal errors and the default weights, 0.113 instead of 0.1 for n = 9, and 0.0105 instead of
 * 0.01 for n = 99; with v = w = 0.5, 0.155 and 0.0125. The model must not have been trained on
 * these images: it reconstructs its training images better, and the threshold would be too low.
 *
 * <p>All methods may be called from any number of threads, but not while the model is being
 * trained. Calibrate again after training. A window of a series is an image of height 1.
 */
public final class AnomalyDetector {
  private final ErrorMaps maps;
  private final AnomalyCalibration calibration;

  private AnomalyDetector(ErrorMaps maps, AnomalyCalibration calibration) {
    this.maps = maps;
    this.calibration = calibration;
  }

  /**
   * Calibrates a detector on held-out normal images. The images are processed twice, the second
   * time for {@link #heatThreshold}; progress is logged every 5 seconds.
   *
   * @param model a trained model, which remains owned by the caller
   * @param normals n images of the kind that the model was trained on, but none of its training
   *     images; at least 1/f - 1
   * @param config the settings
   * @return the detector
   * @throws IllegalArgumentException if there are too few images for f, the images do not have the
   *     size and channels that the model expects (its encoder: unlike {@code encode}, nothing is
   *     padded), or they are not larger than twice the border
   * @throws NonFiniteException if a parameter, a buffer or an output of the model is NaN or
   *     infinite
   */
  public static AnomalyDetector calibrate(ImageModel model, Dataset normals, AnomalyConfig config) {
    AnomalyConfig used = model instanceof VqVae ? config : config.quantizationWeight(0);
    return calibrate(model, Optional.empty(), normals, used.surpriseWeight(0));
  }

  /**
   * Calibrates a detector on held-out normal images, with a prior over the codes of the model, for
   * the surprise of the codes.
   *
   * <pre>{@code
   * PixelCnn prior = PixelCnn.forCodesOf(model).build();
   * Trainer.of(prior).steps(1_500).fit(model.encode(images));
   * AnomalyDetector detector =
   *     AnomalyDetector.calibrate(model, prior, heldOut, AnomalyConfig.falsePositiveRate(0.01));
   * }</pre>
   *
   * @param model a trained model with a single codebook, which remains owned by the caller
   * @param prior a trained prior over its codes, which remains owned by the caller. It has no
   *     classes, since the class of an anomaly is unknown, or dropped some in training ({@code
   *     classDropout}): then it is used for maps of any class. It is not conditioned on another
   *     code map.
   * @param normals as for {@link #calibrate(ImageModel, Dataset, AnomalyConfig)}, none of them a
   *     training image of the model or the prior
   * @param config the settings
   * @return the detector
   * @throws IllegalArgumentException if the prior is one for another codebook, was trained on codes
   *     that name another model, needs a condition, or is one for maps of another size; and as
   *     without a prior. An untrained prior, or one whose training codes had no {@linkplain
   *     PixelCnn#modelHash hash}, is used with a logged warning
   * @throws NonFiniteException as without a prior, and if an output of the prior is NaN or infinite
   */
  public static AnomalyDetector calibrate(
      VqVae model, PixelCnn prior, Dataset normals, AnomalyConfig config) {
    Objects.requireNonNull(
        prior, "AnomalyDetector.calibrate: expected a prior, got null; leave it out for none.");
    CodeSurprise.warnIfOfUnknownModel(prior);
    return calibrate(model, Optional.of(prior), normals, config);
  }

  private static AnomalyDetector calibrate(
      ImageModel model, Optional<PixelCnn> prior, Dataset normals, AnomalyConfig config) {
    int n = normals.size();
    int rank = Thresholds.rank(config.falsePositiveRate(), n);
    ErrorMaps maps = ErrorMaps.of(model, prior);
    InnerArea inner = InnerArea.of(normals, config.border());
    Errors errors = Errors.zeros(n);
    NormalErrors.Collector pixels = new NormalErrors.Collector();
    maps.forEach(
        normals,
        inner,
        config.smoothing(),
        (i, map) -> {
          errors.set(i, ofImage(map, config));
          pixels.add(map);
        });
    NormalErrors.Collector images = new NormalErrors.Collector();
    images.add(errors);
    NormalErrors image = images.normalErrors();
    NormalErrors pixel = pixels.normalErrors();
    image.warnIfConstant(n, config);

    double[] totals = new double[n];
    double[] hottest = new double[n];
    maps.forEach(
        normals,
        inner,
        config.smoothing(),
        (i, map) -> {
          totals[i] = image.score(errors, i, config).total();
          // Rounded like the heat map, so that values of both can be compared.
          hottest[i] = (float) Arrays.stream(heat(pixel, map, config)).max().getAsDouble();
        });
    return new AnomalyDetector(
        maps,
        new AnomalyCalibration(
            AnomalyCalibration.checksum(model),
            AnomalyCalibration.priorChecksum(prior),
            config,
            n,
            image,
            pixel,
            Thresholds.of(totals, rank),
            Thresholds.of(hottest, rank)));
  }

  private static double meanOfLargest(double[] map, double fraction) {
    int count = (int) Math.max(1, Math.round(fraction * map.length));
    double[] sorted = map.clone();
    Arrays.sort(sorted);
    return Arrays.stream(sorted, sorted.length - count, sorted.length).average().getAsDouble();
  }

  private static Errors ofImage(Errors pixels, AnomalyConfig config) {
    return pixels.map(map -> new double[] {meanOfLargest(map, config.topFraction())});
  }

  private static double[] heat(NormalErrors pixel, Errors errors, AnomalyConfig config) {
    return IntStream.range(0, errors.count())
        .mapToDouble(i -> pixel.score(errors, i, config).total())
        .toArray();
  }

  /**
   * Computes the anomaly scores of images.
   *
   * @param images images of the size and channels that the model expects, in [0, 1]
   * @return one score per image
   * @throws IllegalArgumentException if the images are not larger than twice the border
   * @throws NonFiniteException as for {@link #calibrate(ImageModel, Dataset, AnomalyConfig)
   *     calibrate}
   */
  public List<AnomalyScore> scores(Dataset images) {
    AnomalyConfig config = calibration.config();
    InnerArea inner = InnerArea.of(images, config.border());
    List<AnomalyScore> scores = new ArrayList<>();
    maps.forEach(
        images,
        inner,
        config.smoothing(),
        (i, map) -> scores.add(calibration.imageErrors().score(ofImage(map, config), 0, config)));
    return scores;
  }

  /**
   * Computes heat maps that locate anomalies: the errors of each pixel, smoothed, standardized by
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
    InnerArea inner = InnerArea.of(images, config.border());
    float edge = Math.min(0, Math.nextDown((float) heatThreshold()));
    int pixels = images.height() * images.width();
    float[] heat =
        new float
            [ArrayLengths.ofImages("AnomalyDetector.heatMap", images.size(), pixels, "pixels")];
    Arrays.fill(heat, edge);
    maps.forEach(
        images,
        inner,
        config.smoothing(),
        (image, errors) -> {
          double[] map = heat(calibration.pixelErrors(), errors, config);
          for (int i = 0; i < map.length; i++) {
            heat[image * pixels + inner.pixel(i)] = (float) map[i];
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
   * @return true with a probability of about f at most if the image is normal; exactly at most f if
   *     a single error has weight, see the class
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
   * images. A normal image of the same size contains a pixel above it with a probability of about f
   * at most.
   *
   * @return the threshold, in the unit of {@link #heatMap}; a float, so that {@code heat >
   *     heatThreshold()} is exact
   */
  public double heatThreshold() {
    return calibration.heatThreshold();
  }

  /**
   * Returns the settings.
   *
   * @return the settings given to {@link #calibrate(ImageModel, Dataset, AnomalyConfig) calibrate};
   *     for a model other than a VqVae, the weight of the quantization error is 0; without a prior,
   *     the weight of the surprise is 0
   */
  public AnomalyConfig config() {
    return calibration.config();
  }

  /**
   * Saves the calibration, without the model and the prior, which are saved separately.
   *
   * @param file a JSON file; an existing file is replaced only after the new one is complete
   * @throws IOException if the file cannot be written
   */
  public void save(Path file) throws IOException {
    RecordFile.write(file, calibration);
  }

  /**
   * Loads a detector that was calibrated without a prior.
   *
   * @param file a file written by {@link #save}
   * @param model the model that the detector was calibrated with
   * @return the detector
   * @throws BadFileException if the file is corrupt, belongs to a model with different weights, or
   *     to a detector with a prior
   * @throws IOException if the file does not exist
   */
  public static AnomalyDetector load(Path file, ImageModel model) throws IOException {
    return load(file, model, Optional.empty());
  }

  /**
   * Loads a detector that was calibrated with a prior.
   *
   * @param file a file written by {@link #save}
   * @param model the model that the detector was calibrated with
   * @param prior the prior that the detector was calibrated with
   * @return the detector
   * @throws BadFileException if the file is corrupt, belongs to a model or a prior with different
   *     weights, or to a detector without a prior
   * @throws IOException if the file does not exist
   */
  public static AnomalyDetector load(Path file, VqVae model, PixelCnn prior) throws IOException {
    Objects.requireNonNull(
        prior, "AnomalyDetector.load: expected a prior, got null; leave it out for none.");
    return load(file, model, Optional.of(prior));
  }

  private static AnomalyDetector load(Path file, ImageModel model, Optional<PixelCnn> prior)
      throws IOException {
    AnomalyCalibration calibration = AnomalyCalibration.read(file, model, prior);
    return new AnomalyDetector(ErrorMaps.of(model, prior), calibration);
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
