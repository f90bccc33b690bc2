package io.github.vqvae4j.examples;

import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options of every training example; {@link TrainingDefaults} has the defaults. */
final class TrainingOptions {
  @Option(
      names = "--steps",
      paramLabel = "N",
      converter = PositiveInt.class,
      description = "Training steps. Default: ${DEFAULT-VALUE}.")
  int steps;

  @Option(
      names = "--batch",
      paramLabel = "N",
      converter = PositiveInt.class,
      description =
          "Images in a step. Default: ${DEFAULT-VALUE}. If fewer are trained on, all of them.")
  int batch;

  @Option(
      names = "--dimension",
      paramLabel = "D",
      converter = PositiveInt.class,
      description = "Numbers in each latent vector. Default: ${DEFAULT-VALUE}.")
  int dimension;

  @Option(
      names = "--hidden",
      paramLabel = "N",
      converter = PositiveInt.class,
      description =
          "Channels or sizes inside encoder and decoder, an even number. Default: ${DEFAULT-VALUE}.")
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
      description = "Seed of all that is random. Default: ${DEFAULT-VALUE}.")
  long seed;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "Folder for the results, without those of an earlier run. Default: a new folder"
              + " runs/<time>-<command>.")
  Path output;

  @Option(names = "--tensorboard", description = "Write an event file for TensorBoard, too.")
  boolean tensorBoard;
}
