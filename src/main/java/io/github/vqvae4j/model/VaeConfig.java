package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Require;
import java.util.List;

/**
 * The settings of a {@link Vae} beside those of its parts.
 *
 * @param latent the shape of an image's latent, [D] or [height, width, D], each at least 1; by
 *     default [20]
 * @param likelihood p(x|z); by default {@link Likelihood#bernoulli()}
 * @param beta the weight of KL in the loss, from 0; 1 makes the loss the negative ELBO; by default
 *     1
 * @param warmUp training steps over which the weight of KL grows in equal parts from 0 to beta; by
 *     default 0, for none
 */
public record VaeConfig(List<Integer> latent, Likelihood likelihood, double beta, long warmUp) {
  /** Numbers in a latent, at most. */
  private static final long LARGEST = 1 << 24;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  public VaeConfig {
    latent = PartChecks.sizes("VaeConfig.latent", latent);
    double size = latent.stream().mapToDouble(Integer::intValue).reduce(1, (a, b) -> a * b);
    Require.that(
        (latent.size() == 1 || latent.size() == 3) && size <= LARGEST,
        "VaeConfig.latent",
        "a shape D or height, width, D of at most " + LARGEST + " numbers",
        latent);
    Require.present(Likelihood.class, "VaeConfig.likelihood", likelihood);
    Require.that(
        beta >= 0 && beta <= Double.MAX_VALUE,
        "VaeConfig.beta",
        "a finite number of at least 0",
        beta);
    Require.that(warmUp >= 0, "VaeConfig.warmUp", "at least 0 steps", warmUp);
  }

  /** D, the channels of a latent. */
  int dimension() {
    return latent.get(latent.size() - 1);
  }

  /** The weight of KL in a training step, counted from 1. */
  double klWeight(long step) {
    return step >= warmUp ? beta : beta * step / warmUp;
  }
}
