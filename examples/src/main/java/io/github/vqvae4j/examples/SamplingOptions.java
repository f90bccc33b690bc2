package io.github.vqvae4j.examples;

import io.github.vqvae4j.prior.Sampling;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** How codes are sampled from priors, and how many. */
final class SamplingOptions {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec command;

  @Option(
      names = "--samples",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "100",
      description =
          "Number of images to generate, of each class if there are labels. Default:"
              + " ${DEFAULT-VALUE}.")
  int samples;

  @Option(
      names = "--temperature",
      paramLabel = "T",
      defaultValue = "1",
      description =
          "Below 1, probable codes become more probable; 0 always chooses the most probable one."
              + " Default: ${DEFAULT-VALUE}.")
  private double temperature;

  @Option(
      names = "--top-k",
      paramLabel = "K",
      defaultValue = "0",
      description = "Choose from the K most probable codes; 0 for all. Default: ${DEFAULT-VALUE}.")
  private int topK;

  @Option(
      names = "--top-p",
      paramLabel = "P",
      defaultValue = "1",
      description =
          "Choose from the most probable codes that together have the probability P. Default:"
              + " ${DEFAULT-VALUE}.")
  private double topP;

  @Option(
      names = "--guidance",
      paramLabel = "S",
      defaultValue = "1",
      description =
          "Classifier-free guidance: above 1, images are more typical of their class. Requires"
              + " --class-dropout. Default: ${DEFAULT-VALUE}, none.")
  private double guidance;

  @Option(
      names = "--score",
      description =
          "Also compute the classification accuracy score: train a classifier on the generated"
              + " images, and others on the training images and on their reconstructions, and test"
              + " them on the test images. Use as many samples as there are training images.")
  boolean score;

  /** Throws if a value is out of range, or guidance is used without dropped classes. */
  void check(double classDropout) {
    require(isAtLeast0(temperature), "--temperature", "a finite number of at least 0", temperature);
    require(topK >= 0, "--top-k", "at least 0", topK);
    require(topP > 0 && topP <= 1, "--top-p", "above 0 and at most 1", topP);
    require(isAtLeast0(guidance), "--guidance", "a finite number of at least 0", guidance);
    require(
        classDropout >= 0 && classDropout < 1,
        "--class-dropout",
        "at least 0 and below 1",
        classDropout);
    require(
        guidance == 1 || classDropout > 0,
        "--guidance",
        "1, for priors trained without dropped classes",
        guidance + "; add --class-dropout 0.1, or omit --guidance");
  }

  /** Throws if guidance or the score is used without classes. */
  void checkClasses(int classes) {
    require(
        guidance == 1 || classes > 0,
        "--guidance",
        "1, for images without labels",
        guidance + "; put the images of each class into a subfolder, or omit --guidance");
    require(
        !score || classes > 1,
        "--score",
        "images of two or more classes",
        classes + " classes; put the images of each class into a subfolder, or omit --score");
  }

  private static boolean isAtLeast0(double value) {
    return value >= 0 && Double.isFinite(value);
  }

  private void require(boolean valid, String option, String expected, Object value) {
    if (!valid) {
      throw new ParameterException(
          command.commandLine(),
          "Invalid value for option '" + option + "': expected " + expected + ", got " + value);
    }
  }

  Sampling sampling() {
    return Sampling.temperature(temperature).topK(topK).topP(topP).guidance(guidance);
  }
}
