package io.github.vqvae4j.model;

import java.util.Arrays;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Warns once, if training leaves most latent dimensions of a {@link Vae} unused. */
final class CollapseWatch {
  private static final Logger LOG = LoggerFactory.getLogger(Vae.class);

  /** A dimension with less KL than this, in nats, tells the decoder nothing. */
  static final double UNUSED = 0.01;

  /** Batches that are averaged. */
  private static final int WINDOW = 100;

  /** Windows that are let pass: at the start all KL is small. */
  private static final int PATIENCE = 2;

  private double[] sums;
  private long batches;
  private boolean warned;

  /** A training batch's KL of each dimension. */
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
            "After {} batches {} of {} latent dimensions carry less than {} nats each: the decoder"
                + " ignores them (posterior collapse). Let the weight of KL grow with warmUp(..),"
                + " give a smaller beta(..) or likelihood variance, or build the model with fewer"
                + " latent dimensions.",
            batches,
            unused,
            sums.length,
            UNUSED);
      }
    }
  }
}
