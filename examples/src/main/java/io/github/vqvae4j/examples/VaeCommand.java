package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.model.DenseDecoder;
import io.github.vqvae4j.model.DenseEncoder;
import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.Vae;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.Evaluation;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Trains a VAE on handwritten digits, and draws digits that nobody wrote. */
@Command(
    name = "vae",
    description = "Trains a VAE on handwritten digits, and draws new ones from it.")
final class VaeCommand extends TrainingCommand<Vae> {
  private static final String SAMPLES = "samples.png";
  private static final int SAMPLED = 100;

  /** Held-out images whose likelihood is estimated, and samples for each. */
  private static final int ESTIMATED = 200;

  private static final int IMPORTANCE_SAMPLES = 200;
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
        SAMPLES, file -> Images.writeGrid(trained.sample(SAMPLED, new Rng(options.seed)), file));
    out.printf("  %-20s new digits, from random latents%n", SAMPLES);
    new LatentPictures(trained).write(images, folder, out);
    figures(images, trained, out);
  }

  private void figures(ImageSets images, Vae trained, PrintWriter out) {
    Dataset test = images.test();
    Evaluation bound = Evaluation.of(trained, test, images.train().variance());
    out.printf(
        Locale.ROOT,
        "%nELBO of held-out digits: %.1f nats = -(%.1f reconstruction + %.1f KL)%n",
        -(bound.term(ReconstructionLoss.NAME) + bound.term(Vae.KL)),
        bound.term(ReconstructionLoss.NAME),
        bound.term(Vae.KL));
    Dataset some = test.range(0, Math.min(ESTIMATED, test.size()));
    double[] logs = trained.logLikelihood(some, IMPORTANCE_SAMPLES, new Rng(options.seed));
    double[] kl = trained.kl(some);
    out.printf(
        Locale.ROOT,
        "log p(x) of held-out digits is about %.1f nats (%d samples each); %d of %d latent"
            + " dimensions are in use%n",
        Arrays.stream(logs).average().orElseThrow(),
        IMPORTANCE_SAMPLES,
        Arrays.stream(kl).filter(nats -> nats > IN_USE).count(),
        kl.length);
  }
}
