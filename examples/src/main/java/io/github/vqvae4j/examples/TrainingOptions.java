package io.github.vqvae4j.examples;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Options shared by all training commands. See {@link TrainingDefaults} for the default values. */
final class TrainingOptions {
  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      description = "Number of training steps. Default: ${DEFAULT-VALUE}.")
  int steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = PositiveInt.class,
      description =
          "Batch size, at most the number of training images. If not set, it is reduced if there are fewer. Default: ${DEFAULT-VALUE}.")
  int batch;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      converter = PositiveInt.class,
      description = "Dimension of the latent vectors. Default: ${DEFAULT-VALUE}.")
  int dimension;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = PositiveInt.class,
      description =
          "Number of hidden channels or units of encoder and decoder, an even number. Default:"
              + " ${DEFAULT-VALUE}.")
  int hidden;

  @Option(
      names = "--rate",
      paramLabel = "X",
      converter = PositiveDouble.class,
      description = "Learning rate of Adam. Default: ${DEFAULT-VALUE}.")
  double rate;

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
          "Output folder, which must not contain an earlier run. Default: a new folder"
              + " runs/<time>-<command>.")
  Path output;

  @Option(names = "--tensorboard", description = "Also write an event file for TensorBoard.")
  boolean tensorBoard;
}
