package io.github.vqvae4j.examples;

import io.github.vqvae4j.anomaly.AnomalyConfig;
import io.github.vqvae4j.anomaly.AnomalyDetector;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.PixelCnn;
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

/** Trains on nine of the ten digits, and detects the tenth as an anomaly. */
@Command(
    name = "anomaly",
    description =
        "Trains a VQ-VAE on digits, excluding one class, and detects that class as an anomaly.",
    footerHeading = "%nExample (twenty seconds on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"anomaly --without 2\"")
final class AnomalyCommand extends TrainingCommand<VqVae> {
  static final String DETECTOR = "detector.json";
  static final String ANOMALIES = "anomalies.png";
  static final String SCORES = "scores.png";

  /** The fraction of the normal training images held out to choose the threshold. */
  private static final double HELD_OUT = 0.2;

  private static final String PRIOR_STEPS = "1500";
  private static final String SURPRISE = "0.5";

  /** Number of codes per image, each describing the whole image. */
  private static final int CODES_PER_IMAGE = 4;

  @Mixin private QuantizerOption quantizer;
  @Mixin private DigitsOption digits;

  @Option(
      names = "--without",
      paramLabel = "DIGIT",
      defaultValue = "2",
      description = "The class to exclude from training and to detect. Default: ${DEFAULT-VALUE}.")
  private int without;

  @Option(
      names = "--false-positives",
      paramLabel = "X",
      converter = PositiveDouble.class,
      defaultValue = "0.05",
      description =
          "Maximum false-positive rate: the fraction of normal digits that may be flagged."
              + " Default: ${DEFAULT-VALUE}.")
  private double falsePositives;

  @Option(
      names = "--quantization",
      paramLabel = "W",
      defaultValue = "0",
      description =
          "Weight of the quantization error in the score, from 0 to 1. Default: ${DEFAULT-VALUE},"
              + " because the codes of this model represent whole images and cannot locate an"
              + " anomaly.")
  private double quantization;

  @Option(
      names = "--prior",
      description =
          "Also train a prior over the codes, and use the surprise of the codes, their negative"
              + " log-probability, in the score.")
  private boolean prior;

  @Option(
      names = "--prior-steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = PRIOR_STEPS,
      description = "Number of training steps of the prior. Default: ${DEFAULT-VALUE}.")
  private int priorSteps;

  @Option(
      names = "--surprise",
      paramLabel = "V",
      defaultValue = SURPRISE,
      description =
          "With --prior: weight of the surprise of the codes in the score, from 0 to 1. Default:"
              + " ${DEFAULT-VALUE}.")
  private double surprise;

  private Dataset heldOut;
  private Dataset test;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(2_000, 32, 64, 8, 256, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    ImageSets digitSets = digits.read();
    test = digitSets.test();
    List<Dataset> splits = normals(digitSets.train()).split(options.seed, 1 - HELD_OUT);
    heldOut = splits.get(1);
    requireValidRate();
    requireWeight("--quantization", quantization);
    requireWeight("--surprise", surprise);
    // A resumed run has the values of all options.
    boolean isDefault =
        surprise == Double.parseDouble(SURPRISE) && priorSteps == Integer.parseInt(PRIOR_STEPS);
    if (!prior && !isDefault) {
      throw new ParameterException(
          spec.commandLine(), "--surprise and --prior-steps: expected --prior, too, got no prior");
    }
    return new ImageSets(digitSets.name() + " excluding " + without, splits.get(0), normals(test));
  }

  /** Fails before training rather than after it. */
  private void requireValidRate() {
    double min = 1.0 / (heldOut.size() + 1);
    if (falsePositives < min || falsePositives >= 1) {
      throw new ParameterException(
          spec.commandLine(),
          String.format(
              Locale.ROOT,
              "--false-positives: expected a value of at least %.5f (with %d held-out images) and"
                  + " below 1, got %s",
              min,
              heldOut.size(),
              falsePositives));
    }
  }

  private void requireWeight(String option, double weight) {
    if (!(weight >= 0 && weight <= 1)) {
      throw new ParameterException(
          spec.commandLine(), option + ": expected a weight from 0 to 1, got " + weight);
    }
  }

  private Dataset normals(Dataset images) {
    int[] indices =
        IntStream.range(0, images.size()).filter(i -> images.label(i) != without).toArray();
    if (indices.length == images.size() || indices.length == 0) {
      throw new ParameterException(
          spec.commandLine(),
          "--without: expected a label of the images, which must have at least two labels,"
              + " got "
              + without);
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
            new WholeImageEncoder(
                height, width, options.hidden, CODES_PER_IMAGE, options.dimension, rng))
        .quantizer(quantizer.config(options.dimension))
        .decoder(
            new WholeImageDecoder(
                height, width, options.hidden, CODES_PER_IMAGE, options.dimension, rng))
        .seed(options.seed)
        .build();
  }

  @Override
  void finish(ImageSets images, OutputFolder folder, VqVae trained, PrintWriter out)
      throws IOException {
    AnomalyConfig config =
        AnomalyConfig.falsePositiveRate(falsePositives)
            .quantizationWeight(quantization)
            .surpriseWeight(surprise);
    if (!prior) {
      write(AnomalyDetector.calibrate(trained, heldOut, config), folder, out);
      return;
    }
    AnomalyPrior trainer = new AnomalyPrior(priorSteps, options.batch, options.seed);
    try (PixelCnn codes = trainer.train(trained, images.train(), heldOut, out)) {
      folder.write(AnomalyPrior.FILE, codes::save);
      out.printf("  %-20s the prior over codes%n", AnomalyPrior.FILE);
      write(AnomalyDetector.calibrate(trained, codes, heldOut, config), folder, out);
    }
  }

  private void write(AnomalyDetector detector, OutputFolder folder, PrintWriter out)
      throws IOException {
    folder.write(DETECTOR, detector::save);
    AnomalyResults results = AnomalyResults.of(detector, test, without);
    AnomalyPlots plots = new AnomalyPlots(detector, test, results);
    folder.write(ANOMALIES, plots::writeGrid);
    folder.write(SCORES, plots::writeScores);
    out.printf("  %-20s the threshold and the calibration it is based on%n", DETECTOR);
    out.printf("  %-20s highest and lowest scores, with heat maps%n", ANOMALIES);
    out.printf("  %-20s scores of normal and anomalous digits, ROC curve%n", SCORES);
    out.printf("%n%s", results.table(heldOut.size()));
  }
}
