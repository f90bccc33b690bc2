package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.internal.ModelFile;
import io.github.vqvae4j.quantize.Quantizer;
import java.io.IOException;
import java.nio.file.Path;

/** Reads and writes the model files of {@link VqVae}. */
final class VqVaeFile {
  private VqVaeFile() {}

  static void save(VqVae model, Path file) throws IOException {
    ModelFile.save(file, ModelFile.Model.VQ_VAE, model);
  }

  static VqVae load(Path path) throws IOException {
    ModelFile file = ModelFile.read(path, ModelFile.Model.VQ_VAE);
    Encoder.Config encoder = file.settings("encoder", Encoder.Config.class);
    Quantizer.Config quantizer = file.settings("quantizer", Quantizer.Config.class);
    Decoder.Config decoder = file.settings("decoder", Decoder.Config.class);
    return file.build(
        VqVae.builder().encoder(encoder).quantizer(quantizer).decoder(decoder)::build);
  }

  static VqVae load(Path path, VqVae into) throws IOException {
    return ModelFile.read(path, ModelFile.Model.VQ_VAE).fill(into);
  }
}
