package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;

/**
 * The approximate posterior q(z|x) = N(mean, diag exp(log variance)) of each image of a batch.
 *
 * @param mean [b, .., D]
 * @param logVariance log sigma^2, of the same shape, clamped to its bounds
 */
record Posterior(Tensor mean, Tensor logVariance) {
  /** The lower bound of the log variance; sigma is then at least 3e-7. */
  static final double MIN_LOG_VARIANCE = -30;

  /** The upper bound of the log variance; sigma is then at most 22,026. */
  static final double MAX_LOG_VARIANCE = 20;

  /**
   * Returns the posterior of an encoder output. The log variance is clamped to -30..20 as in the
   * autoencoder of latent diffusion (Rombach et al. 2022, {@code DiagonalGaussianDistribution}), so
   * that an outlier cannot make exp(log variance) infinite. The gradient outside the bounds is 0.
   */
  static Posterior of(Tensor mean, Tensor logVariance) {
    return new Posterior(mean, logVariance.clamp(MIN_LOG_VARIANCE, MAX_LOG_VARIANCE));
  }

  /**
   * Returns z = mean + sigma eps with eps from N(0, I); gradients flow to both (reparameterization
   * trick, Kingma and Welling 2014, section 2.4).
   */
  Tensor sample() {
    return sample(mean.normalLike());
  }

  /**
   * Samples like {@link #sample()}, with noise that only depends on the seed and the index of each
   * image, not on the batch size.
   *
   * @param firstImage the index of the batch's first image
   */
  Tensor sample(long seed, long firstImage) {
    double[] eps = new double[Math.toIntExact(mean.length())];
    int size = Math.toIntExact(eps.length / mean.size(0));
    for (int i = 0; i < eps.length; i += size) {
      Rng rng = Rng.at(seed, firstImage + i / size);
      for (int j = i; j < i + size; j++) {
        eps[j] = rng.nextGaussian();
      }
    }
    return sample(eps);
  }

  /** Returns z = mean + sigma eps. */
  Tensor sample(double[] eps) {
    return sample(constant(eps));
  }

  private Tensor sample(Tensor eps) {
    return mean.add(logVariance.mul(0.5).exp().mul(eps));
  }

  private Tensor constant(double[] values) {
    if (mean.dtype() == DType.DOUBLE) {
      return mean.step().tensor(values, mean.shape());
    }
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return mean.step().tensor(floats, mean.shape());
  }

  /**
   * Returns KL(q || N(0, I)) of each latent dimension in nats, averaged over the batch: 1/2 (mean^2
   * + sigma^2 - 1 - log sigma^2), whose sum is equation 10 of Kingma and Welling 2014 (appendix B).
   */
  Tensor kl() {
    return mean.square().add(logVariance.exp()).sub(logVariance).add(-1).mul(0.5).mean(0);
  }
}
