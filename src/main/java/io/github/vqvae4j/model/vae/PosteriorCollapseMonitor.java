package io.github.vqvae4j.model.vae;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns once if most latent dimensions of a {@link Vae} remain unused during training. */
final class PosteriorCollapseMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(Vae.class);

  /** A dimension whose KL divergence is below this value, in nats, is considered unused. */
  static final double UNUSED = 0.01;

  /** The number of steps that are averaged. */
  private static final int WINDOW = 100;

  /**
   * The number of initial windows without a warning, since all KL divergences are small at first.
   */
  private static final int PATIENCE = 2;

  private double[] sums;
  private long steps;
  private boolean warned;

  /**
   * Adds a training step.
   *
   * @param statistics the sum over all examples of the step of the KL divergence of each dimension,
   *     followed by the number of examples
   */
  void add(double... statistics) {
    if (warned) {
      return;
    }
    if (steps++ % WINDOW == 0) {
      sums = new double[statistics.length - 1];
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] += statistics[i] / statistics[sums.length];
    }
    if (steps % WINDOW == 0 && steps > PATIENCE * WINDOW) {
      long unused = Arrays.stream(sums).filter(sum -> sum / WINDOW < UNUSED).count();
      if (2 * unused > sums.length) {
        warned = true;
        LOG.warn(
            "After {} steps, {} of {} latent dimensions have a KL divergence below {} nats: the"
                + " decoder ignores them (posterior collapse). Increase the weight of the KL"
                + " divergence gradually with klWarmUp(..), set a smaller beta(..) or likelihood"
                + " variance, or build the model with fewer latent dimensions.",
            steps,
            unused,
            sums.length,
            UNUSED);
      }
    }
  }
}
