package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import java.io.IOException;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/**
 * Trains an autoencoder on handwritten digits, and demonstrates interpolation and latent
 * arithmetic.
 */
@Command(
    name = "autoencoder",
    description =
        "Trains an autoencoder on handwritten digits. Shows interpolation and latent arithmetic.",
    footerHeading = "%nExample (twenty seconds on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"autoencoder\"")
final class AutoencoderCommand extends TrainingCommand<Autoencoder> {

  @Mixin private DigitsOption digits;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(1_200, 32, 0, 32, 32, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    return digits.read();
  }

  @Override
  Autoencoder model(ImageSets images) {
    int height = images.train().height();
    int width = images.train().width();
    return Autoencoder.builder()
        .encoder(ConvEncoder.channels(1).hidden(options.hidden).vector(height, width))
        .decoder(ConvDecoder.channels(1).hidden(options.hidden).vector(height, width))
        .dimension(options.dimension)
        .seed(options.seed)
        .build();
  }

  @Override
  void finish(ImageSets images, OutputFolder folder, Autoencoder trained, PrintWriter out)
      throws IOException {
    new LatentImages(trained).write(images, folder, out);
  }
}
