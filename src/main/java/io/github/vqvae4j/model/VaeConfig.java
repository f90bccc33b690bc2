package io.github.vqvae4j.model;

import java.util.List;
import java.util.Objects;

/**
 * The settings of a {@link Vae} beside those of its parts.
 *
 * @param latent the shape of an image's latent, [D] or [height, width, D], each at least 1
 * @param likelihood p(x|z)
 * @param beta the weight of KL in the loss, from 0; 1 makes the loss the negative ELBO
 * @param warmUp training steps over which the weight of KL grows in equal parts from 0 to beta; 0
 *     for none
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
    latent = List.copyOf(latent);
    Objects.requireNonNull(likelihood, "likelihood");
    double size = latent.stream().mapToDouble(Integer::intValue).reduce(1, (a, b) -> a * b);
    if ((latent.size() != 1 && latent.size() != 3)
        || latent.stream().anyMatch(d -> d < 1)
        || size > LARGEST) {
      throw new IllegalArgumentException(
          "Vae: expected a latent shape D or height, width, D of sizes of at least 1 and at most "
              + LARGEST
              + " numbers, got "
              + latent
              + ".");
    }
    if (!(beta >= 0) || Double.isInfinite(beta) || warmUp < 0) {
      throw new IllegalArgumentException(
          "Vae: expected a beta and steps of warm-up of at least 0, got beta "
              + beta
              + " and warmUp "
              + warmUp
              + ".");
    }
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
