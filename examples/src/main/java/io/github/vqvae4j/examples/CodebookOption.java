package io.github.vqvae4j.examples;

import picocli.CommandLine.Option;

/** How large the codebook is; {@link TrainingDefaults} has the default. */
final class CodebookOption {
  @Option(
      names = "--codes",
      paramLabel = "K",
      converter = PositiveInt.class,
      description = "Vectors in the codebook. Default: ${DEFAULT-VALUE}.")
  int codes;
}
