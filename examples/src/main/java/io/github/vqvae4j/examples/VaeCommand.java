package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.Evaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a VAE on handwritten digits, and samples new digits. */
@Command(
    name = "vae",
    description =
        "Trains a VAE on handwritten digits. Shows samples, interpolation and latent arithmetic.",
    footerHeading = "%nExample (half a minute on two cores):%n",
    footer = "  ./mvnw -q -f examples -Dargs=\"vae\"")
final class VaeCommand extends TrainingCommand<Vae> {
  private static final String SAMPLES = "samples.png";
  private static final int SAMPLE_COUNT = 100;

  /** Number of held-out images whose likelihood is estimated. */
  private static final int LIKELIHOOD_IMAGES = 200;

  /** Number of importance samples per image. */
  private static final int IMPORTANCE_SAMPLES = 200;

  /** The KL divergence, in nats, above which a dimension counts as used. */
  private static final double IN_USE = 0.01;

  @Mixin private DigitsOption digits;

  @Override
  TrainingDefaults defaults() {
    return new TrainingDefaults(4_000, 64, 0, 20, 400, 1e-3);
  }

  @Override
  ImageSets images() throws IOException {
    return digits.read();
  }

  @Override
  Vae model(ImageSets images) {
    int height = images.train().height();
    int width = images.train().width();
    return Vae.builder()
        .encoder(DenseEncoder.images(height, width, 1).hidden(options.hidden))
        .decoder(DenseDecoder.images(height, width, 1).hidden(options.hidden))
        .latent(options.dimension)
        .seed(options.seed)
        .build();
  }

  @Override
  void finish(ImageSets images, OutputFolder folder, Vae trained, PrintWriter out)
      throws IOException {
    folder.write(
        SAMPLES,
        file -> Images.writeGrid(trained.sample(SAMPLE_COUNT, new Rng(options.seed)), file));
    out.printf("  %-20s samples: digits decoded from random latents%n", SAMPLES);
    new LatentImages(trained).write(images, folder, out);
    printMetrics(images, trained, out);
  }

  private void printMetrics(ImageSets images, Vae trained, PrintWriter out) {
    Dataset test = images.test();
    Evaluation evaluation = Evaluation.of(trained, test);
    out.printf(
        Locale.ROOT,
        "%nELBO of held-out digits: %.1f nats = -(%.1f reconstruction + %.1f KL divergence)%n",
        -(evaluation.term(ReconstructionLoss.NAME) + evaluation.term(Vae.KL)),
        evaluation.term(ReconstructionLoss.NAME),
        evaluation.term(Vae.KL));
    Dataset subset = test.range(0, Math.min(LIKELIHOOD_IMAGES, test.size()));
    double[] logs = trained.logLikelihood(subset, IMPORTANCE_SAMPLES, new Rng(options.seed));
    double[] kl = trained.klPerDimension(subset);
    out.printf(
        Locale.ROOT,
        "log p(x) of held-out digits: about %.1f nats (%d samples each); %d of %d latent dimensions"
            + " in use%n",
        Arrays.stream(logs).average().orElseThrow(),
        IMPORTANCE_SAMPLES,
        Arrays.stream(kl).filter(nats -> nats > IN_USE).count(),
        kl.length);
  }
}
