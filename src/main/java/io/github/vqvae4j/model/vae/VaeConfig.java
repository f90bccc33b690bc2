package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.model.internal.SettingChecks;
import java.util.List;

/**
 * The settings of a {@link Vae} other than those of its encoder and decoder.
 *
 * @param latent the shape of the latent of one image, [D] or [height, width, D], each at least 1;
 *     by default [20]
 * @param likelihood p(x|z); by default {@link Likelihood#bernoulli()}
 * @param beta the weight of the KL divergence in the loss, at least 0; with 1 the loss is the
 *     negative ELBO; by default 1
 * @param warmUp the number of training steps over which the weight of the KL divergence increases
 *     linearly from 0 to beta; by default 0
 */
public record VaeConfig(List<Integer> latent, Likelihood likelihood, double beta, long warmUp) {
  /** The maximum number of values in a latent. */
  private static final long MAX_VALUES = 1 << 24;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public VaeConfig {
    latent = SettingChecks.sizes("VaeConfig.latent", latent);
    double size = latent.stream().mapToDouble(Integer::intValue).reduce(1, (a, b) -> a * b);
    Require.that(
        (latent.size() == 1 || latent.size() == 3) && size <= MAX_VALUES,
        "VaeConfig.latent",
        "a shape D or height, width, D of at most " + MAX_VALUES + " values",
        latent);
    Require.nonNull(Likelihood.class, "VaeConfig.likelihood", likelihood);
    Require.that(
        beta >= 0 && beta <= Double.MAX_VALUE,
        "VaeConfig.beta",
        "a finite value of at least 0",
        beta);
    Require.that(warmUp >= 0, "VaeConfig.warmUp", "at least 0 steps", warmUp);
  }

  /** Returns D, the number of latent channels. */
  int dimension() {
    return latent.get(latent.size() - 1);
  }

  /** Returns the weight of the KL divergence in a training step, counted from 1. */
  double klWeight(long step) {
    return step >= warmUp ? beta : beta * step / warmUp;
  }
}
