package io.github.vqvae4j.examples;

import picocli.CommandLine.Option;

/** The size of the codebook. See {@link TrainingDefaults} for the default value. */
final class CodebookOption {
  @Option(
      names = "--codes",
      paramLabel = "K",
      converter = PositiveInt.class,
      description = "Codebook size. Default: ${DEFAULT-VALUE}.")
  int codes;
}
