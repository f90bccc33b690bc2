package io.github.vqvae4j.examples;

import io.github.vqvae4j.quantize.Quantizer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import picocli.CommandLine.Option;

/** The quantizer. See {@link TrainingDefaults} for the default codebook size. */
final class QuantizerOption {
  @Option(
      names = "--codes",
      paramLabel = "K",
      converter = PositiveInt.class,
      description = "Codebook size of the default quantizer. Default: ${DEFAULT-VALUE}.")
  private int codes;

  @Option(
      names = "--quantizer",
      paramLabel = "KIND:SIZE",
      converter = QuantizerSpec.Converter.class,
      description = {
        "Quantizer, instead of that of --codes:",
        "ema:512, gradient:512: a codebook",
        "cosine:512, rotation:512, diveq:512, affine:512, cvq:512: variants",
        "simvq:4096, ibq:4096: many codes",
        "fsq:8,5,5,5: levels of each dimension",
        "lfq:10, bsq:10: bits",
        "residual:8x1024: stages and codes of each",
        "grouped:4x256: groups and codes of each"
      })
  private QuantizerSpec quantizer;

  /**
   * Returns the settings of the quantizer.
   *
   * @param dimension the dimension of the codes' vectors, where the quantizer does not determine it
   */
  Quantizer.Config config(int dimension) {
    return quantizer == null ? VectorQuantizer.ema(codes, dimension) : quantizer.config(dimension);
  }
}
