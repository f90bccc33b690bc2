package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.AnomalyConfig;
import io.github.vqvae4j.model.AnomalyDetector;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** Trains on nine of the ten digits, and finds the tenth among all. */
@Command(
    name = "anomaly",
    description = "Trains a VQ-VAE on digits without one class, and finds that class.")
final class AnomalyCommand extends TrainingCommand<VqVae> {
  static final String DETECTOR = "detector.json";
  static final String ANOMALIES = "anomalies.png";
  static final String SCORES = "scores.png";

  /** The share of the normal training images that the threshold is chosen on. */
  private static final double HELD_OUT = 0.2;

  /** Codes of an image, each of the whole of it. */
  private static final int VECTORS = 4;

  @Mixin private CodebookOption codebook;
  @Mixin private DigitsOption digits;

  @Option(
      names = "--without",
      paramLabel = "DIGIT",
      defaultValue = "2",
      description = "The class that is left out and to be found. Default: ${DEFAULT-VALUE}.")
  private int without;

  @Option(
      names = "--false-positives",
      paramLabel = "X",
      converter = PositiveDouble.class,
      defaultValue = "0.05",
      description =
          "The share of normal digits that may be called anomalous. Default: ${DEFAULT-VALUE}.")
  private double falsePositives;

  @Option(
      names = "--quantization",
      paramLabel = "W",
      defaultValue = "0",
      description =
          "How much the quantization error counts, from 0 to 1. Default: ${DEFAULT-VALUE}, as codes"
              + " of whole images have no place for the heat.")
  private double quantization;

  private Dataset heldOut;
  private Dataset test;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(2_000, 32, 64, 8, 256, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    ImageSets all = digits.read();
    test = all.test();
    List<Dataset> parts = normals(all.train()).split(options.seed, 1 - HELD_OUT);
    heldOut = parts.get(1);
    checkRate();
    return new ImageSets(all.name() + " without " + without, parts.get(0), normals(test));
  }

  /** Before the training, and not after it. */
  private void checkRate() {
    double least = 1.0 / (heldOut.size() + 1);
    if (falsePositives < least || falsePositives >= 1) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "--false-positives: expected from %.5f, with %d held-out images, to below 1, got %s",
              least,
              heldOut.size(),
              falsePositives));
    }
  }

  private Dataset normals(Dataset images) {
    int[] indices =
        IntStream.range(0, images.size()).filter(i -> images.label(i) != without).toArray();
    if (indices.length == images.size() || indices.length == 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--without: expected one of several labels of the images, got " + without);
    }
    return images.select(indices);
  }

  @Override
  VqVae model(ImageSets images) {
    int height = images.train().height();
    int width = images.train().width();
    Rng rng = new Rng(options.seed);
    return VqVae.builder()
        .encoder(
            new WholeImageEncoder(height, width, options.hidden, VECTORS, options.dimension, rng))
        .quantizer(VectorQuantizer.ema(codebook.codes, options.dimension))
        .decoder(
            new WholeImageDecoder(height, width, options.hidden, VECTORS, options.dimension, rng))
        .seed(options.seed)
        .build();
  }

  @Override
  void finish(ImageSets images, OutputFolder folder, VqVae trained, PrintWriter out)
      throws IOException {
    AnomalyConfig config =
        AnomalyConfig.falsePositiveRate(falsePositives).quantizationWeight(quantization);
    AnomalyDetector detector = AnomalyDetector.calibrate(trained, heldOut, config);
    folder.write(DETECTOR, detector::save);
    AnomalyResults results = AnomalyResults.of(detector, test, without);
    AnomalyPictures pictures = new AnomalyPictures(detector, test, results);
    folder.write(ANOMALIES, pictures::writeGrid);
    folder.write(SCORES, pictures::writeScores);
    out.printf("  %-20s the threshold and what it is made of%n", DETECTOR);
    out.printf("  %-20s the most anomalous and the most normal digits, and why%n", ANOMALIES);
    out.printf("  %-20s scores of normal and anomalous digits, and the ROC curve%n", SCORES);
    out.printf("%n%s", results.table(heldOut.size()));
  }
}
