package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a VQ-VAE with a custom encoder, saves it and loads it. */
@Command(
    name = "custom-encoder",
    description = "Trains a VQ-VAE with a custom encoder (PatchEncoder) on handwritten digits.",
    footerHeading = "%nExample (half a minute on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"custom-encoder\"")
final class CustomEncoderCommand extends TrainingCommand<VqVae> {
  private static final int PATCH = 4;

  @Mixin private QuantizerOption quantizer;
  @Mixin private DigitsOption digits;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(1_200, 32, 256, 32, 64, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    return digits.read();
  }

  @Override
  VqVae model(ImageSets images) {
    return VqVae.builder()
        .encoder(new PatchConfig(1, PATCH, 4 * options.hidden))
        .quantizer(quantizer.config(options.dimension))
        .decoder(ConvDecoder.channels(1).hidden(options.hidden).upsample(2))
        .seed(options.seed)
        .build();
  }

  /** The settings of the encoder are registered, so that the file is enough to build the model. */
  @Override
  void finish(ImageSets images, OutputFolder folder, VqVae trained, PrintWriter out)
      throws IOException {
    Path modelFile = folder.file(Training.MODEL);
    try (VqVae loaded = VqVae.load(modelFile)) {
      Dataset subset = images.test().range(0, Math.min(10, images.test().size()));
      boolean same = loaded.reconstruct(subset).equals(trained.reconstruct(subset));
      if (!same) {
        throw new IllegalStateException(
            modelFile + ": the reconstructions of the loaded model differ; please report it.");
      }
      out.println(
          "The model was saved and loaded: its reconstructions are identical, bit for bit.");
    }
  }
}
