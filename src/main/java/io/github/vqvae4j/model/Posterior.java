package io.github.vqvae4j.model;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Tensor;

/**
 * q(z|x) = N(mean, diag exp(log variance)), for each image of a batch.
 *
 * @param mean [b, .., D]
 * @param logVariance of the same shape, the natural logarithm of sigma^2, within its bounds
 */
record Posterior(Tensor mean, Tensor logVariance) {
  /** Of a log variance: sigma is then at least 3e-7. */
  static final double LEAST = -30;

  /** Of a log variance: sigma is then at most 22,026. */
  static final double MOST = 20;

  /**
   * The posterior of what an encoder gave, its log variance clamped to -30..20 as in latent
   * diffusion's autoencoder (Rombach et al. 2022, {@code DiagonalGaussianDistribution}): one odd
   * image cannot make exp(log variance) infinite. Outside the bounds the gradient is 0.
   */
  static Posterior of(Tensor mean, Tensor logVariance) {
    return new Posterior(mean, logVariance.clamp(LEAST, MOST));
  }

  /**
   * z = mean + sigma eps with eps from N(0, I), through which gradients go to both (Kingma and
   * Welling 2014, section 2.4).
   */
  Tensor sample() {
    return sample(mean.normalLike());
  }

  /**
   * As the other, with noise that each image has by its index alone, however images come together
   * in batches.
   *
   * @param firstImage the index of the batch's first image
   */
  Tensor sample(long seed, long firstImage) {
    double[] eps = new double[Math.toIntExact(mean.length())];
    int each = Math.toIntExact(eps.length / mean.size(0));
    for (int i = 0; i < eps.length; i += each) {
      Rng rng = Rng.at(seed, firstImage + i / each);
      for (int j = i; j < i + each; j++) {
        eps[j] = rng.nextGaussian();
      }
    }
    return sample(eps);
  }

  /** z = mean + sigma eps. */
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
   * KL(q || N(0, I)) of each latent dimension in nats, the mean over the batch: 1/2 (mean^2 +
   * sigma^2 - 1 - log sigma^2), whose sum is equation 10 of Kingma and Welling 2014 (appendix B).
   */
  Tensor kl() {
    return mean.square().add(logVariance.exp()).sub(logVariance).add(-1).mul(0.5).mean(0);
  }
}
