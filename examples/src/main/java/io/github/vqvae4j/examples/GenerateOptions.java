package io.github.vqvae4j.examples;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The settings of the models of {@link GenerateCommand}, and of their training. */
final class GenerateOptions {
  @Option(
      names = "--levels",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "1",
      description =
          "Number of code maps per image: 1, or 2 for a VQ-VAE-2 with a small and a large map."
              + " Default: ${DEFAULT-VALUE}.")
  int levels;

  @Option(
      names = "--model-steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "1500",
      description = "Number of training steps of the VQ-VAE. Default: ${DEFAULT-VALUE}.")
  int modelSteps;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "64",
      description =
          "Number of hidden channels of the VQ-VAE, an even number. Default: ${DEFAULT-VALUE}.")
  int hidden;

  @Option(
      names = "--codes",
      paramLabel = "K",
      converter = PositiveInt.class,
      defaultValue = "128",
      description = "Codebook size of each level. Default: ${DEFAULT-VALUE}.")
  int codes;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      converter = PositiveInt.class,
      defaultValue = "64",
      description = "Dimension of the latent vectors. Default: ${DEFAULT-VALUE}.")
  int dimension;

  @Option(
      names = "--prior-steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "2000",
      description =
          "Maximum number of training steps of each prior. The weights with the smallest loss on"
              + " held-out training images are kept. Default: ${DEFAULT-VALUE}.")
  int priorSteps;

  @Option(
      names = "--layers",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "6",
      description = "Number of gated layers of each prior. Default: ${DEFAULT-VALUE}.")
  int layers;

  @Option(
      names = "--channels",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "64",
      description = "Number of channels of each prior. Default: ${DEFAULT-VALUE}.")
  int channels;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = PositiveInt.class,
      defaultValue = "64",
      description =
          "Batch size of all models, at most the number of training images. Default:"
              + " ${DEFAULT-VALUE}.")
  int batch;

  @Option(
      names = "--class-dropout",
      paramLabel = "P",
      defaultValue = "0",
      description =
          "Probability with which the class of a training example is hidden from the priors, such"
              + " as 0.1. --guidance requires it. Default: ${DEFAULT-VALUE}.")
  double classDropout;

  @Option(
      names = "--copies",
      paramLabel = "N",
      description =
          "Number of distorted copies (rotated, scaled, slanted and shifted a little) of each"
              + " training image, on which the models are trained, too; so that they do not"
              + " memorize a few images. Default: 9 for the bundled digits, otherwise 0.")
  Integer copies;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Random seed. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Output folder, which must be new or empty. Default: a new folder"
              + " runs/<time>-generate.")
  Path output;
}
