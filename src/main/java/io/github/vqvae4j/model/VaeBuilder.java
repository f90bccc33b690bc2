package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/** Describes a {@link Vae}: its parts, its latents, its likelihood, its seed. */
public final class VaeBuilder extends ModelBuilder<VaeBuilder> {
  private VaeConfig config = new VaeConfig(List.of(20), Likelihood.bernoulli(), 1, 0);

  VaeBuilder() {}

  @Override
  VaeBuilder self() {
    return this;
  }

  /**
   * Sets the shape of an image's latent; by default 20. The encoder is built for 2 D channels (mean
   * and logarithm of the variance), the decoder for D.
   *
   * @param shape D for encoders that give one vector for an image, as {@link DenseEncoder}; height,
   *     width, D for those that give a map, as {@link ConvEncoder}
   * @return this builder
   */
  public VaeBuilder latent(Integer... shape) {
    return config(Records.with(config, "latent", shape));
  }

  /**
   * Sets what pixels are taken to be; by default {@link Likelihood#bernoulli()}.
   *
   * @param newLikelihood p(x|z)
   * @return this builder
   */
  public VaeBuilder likelihood(Likelihood newLikelihood) {
    return config(Records.with(config, "likelihood", newLikelihood));
  }

  /**
   * Sets the weight of KL in the loss; by default 1. Above 1 latents are pressed to be independent
   * (beta-VAE, Higgins et al. 2017), below 1 reconstructions are better and samples worse.
   *
   * @param weight from 0
   * @return this builder
   */
  public VaeBuilder beta(double weight) {
    return config(Records.with(config, "beta", weight));
  }

  /**
   * Has the weight of KL grow from 0 to beta at the beginning of training, so that the decoder
   * learns to use the latents first (Bowman et al. 2016); by default 0 steps.
   *
   * @param steps how long
   * @return this builder
   */
  public VaeBuilder warmUp(long steps) {
    return config(Records.with(config, "warmUp", steps));
  }

  VaeBuilder config(VaeConfig newConfig) {
    config = newConfig;
    return this;
  }

  /**
   * Builds the model.
   *
   * @return a new model, untrained
   * @throws IllegalStateException if encoder or decoder is missing
   */
  public Vae build() {
    checkComplete("Vae", "an encoder and a decoder", "");
    Rng rng = rng();
    int dimension = config.dimension();
    return new Vae(
        config, buildEncoder(Math.multiplyExact(2, dimension), rng), buildDecoder(dimension, rng));
  }
}
