package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.AdamW;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Schedule;
import io.github.vqvae4j.train.StopReason;
import io.github.vqvae4j.train.Trainer;
import io.github.vqvae4j.train.TrainingReport;
import java.io.PrintWriter;

/** Trains a small prior over the codes of normal images, for the surprise of codes. */
final class AnomalyPrior {
  static final String FILE = "prior.safetensors";

  private static final int LAYERS = 4;
  private static final int CHANNELS = 32;
  private static final int HEAD_CHANNELS = 128;
  private static final double RATE = 2e-3;
  private static final double WEIGHT_DECAY = 0.02;
  private static final double AVERAGE_DECAY = 0.99;

  /** The factor of the learning rate in the last step. */
  private static final double LAST_RATE = 0.02;

  private final int steps;
  private final int batch;
  private final long seed;

  AnomalyPrior(int steps, int batch, long seed) {
    this.steps = steps;
    this.batch = batch;
    this.seed = seed;
  }

  /**
   * Returns a trained prior, and prints how well it predicts the codes of held-out images.
   *
   * @throws Interruption.StoppedException if training was interrupted
   */
  PixelCnn train(VqVae model, Dataset images, Dataset heldOut, PrintWriter out) {
    Codes codes = model.encode(images);
    out.printf("%nTraining a prior over the codes of the %d training images%n", images.size());
    out.flush();
    PixelCnn prior =
        PixelCnn.forCodesOf(model)
            .layers(LAYERS)
            .channels(CHANNELS)
            .headChannels(HEAD_CHANNELS)
            .build(new Rng(seed));
    try {
      TrainingReport report =
          Trainer.of(prior)
              .optimizer(AdamW.rate(RATE, WEIGHT_DECAY))
              .schedule(Schedule.warmUp().then(Math.max(1, steps / 10), Schedule.cosine(LAST_RATE)))
              .averageWeights(AVERAGE_DECAY)
              .batch(batch)
              .steps(steps)
              .seed(seed)
              .fit(codes);
      if (report.stopReason() == StopReason.INTERRUPTED) {
        throw new Interruption.StoppedException();
      }
      out.printf(
          "prior: %d steps in %.0f s, %.2f nats per code of held-out images (uniform: %.2f)%n%n",
          report.last().step(),
          report.seconds(),
          Evaluation.of(prior, model.encode(heldOut)).loss(),
          Math.log(codes.codebookSize()));
      return prior;
    } catch (RuntimeException | Error e) {
      prior.close();
      throw e;
    }
  }
}
