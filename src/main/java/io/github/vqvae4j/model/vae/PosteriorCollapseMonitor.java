package io.github.vqvae4j.model.vae;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns once if most latent dimensions of a {@link Vae} remain unused during training. */
final class PosteriorCollapseMonitor {
  private static final Logger LOG = LoggerFactory.getLogger(Vae.class);

  /** A dimension whose KL divergence is below this value, in nats, is considered unused. */
  static final double UNUSED = 0.01;

  /** The number of batches that are averaged. */
  private static final int WINDOW = 100;

  /**
   * The number of initial windows without a warning, since all KL divergences are small at first.
   */
  private static final int PATIENCE = 2;

  private double[] sums;
  private long batches;
  private boolean warned;

  /** Adds the KL divergence of each dimension of a training batch. */
  void add(float[] kl) {
    if (warned) {
      return;
    }
    if (batches++ % WINDOW == 0) {
      sums = new double[kl.length];
    }
    for (int i = 0; i < kl.length; i++) {
      sums[i] += kl[i];
    }
    if (batches % WINDOW == 0 && batches > PATIENCE * WINDOW) {
      long unused = Arrays.stream(sums).filter(sum -> sum / WINDOW < UNUSED).count();
      if (2 * unused > sums.length) {
        warned = true;
        LOG.warn(
            "After {} batches, {} of {} latent dimensions have a KL divergence below {} nats: the"
                + " decoder ignores them (posterior collapse). Increase the weight of the KL"
                + " divergence gradually with klWarmUp(..), set a smaller beta(..) or likelihood"
                + " variance, or build the model with fewer latent dimensions.",
            batches,
            unused,
            sums.length,
            UNUSED);
      }
    }
  }
}
