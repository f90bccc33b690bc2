package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a VQ-VAE on handwritten digits. */
@Command(
    name = "mnist",
    description = "Trains a VQ-VAE on handwritten digits.",
    footerHeading = "%nExample (half a minute on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"mnist\"")
final class MnistCommand extends TrainingCommand<VqVae> {
  @Mixin private QuantizerOption quantizer;
  @Mixin private DigitsOption digits;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(1_200, 32, 512, 64, 64, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    return digits.read();
  }

  @Override
  VqVae model(ImageSets images) {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(1).hidden(options.hidden).downsample(2)) // 28x28 -> 7x7
        .quantizer(quantizer.config(options.dimension))
        .decoder(ConvDecoder.channels(1).hidden(options.hidden).upsample(2))
        .seed(options.seed)
        .build();
  }
}
