package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.model.ModelBuilder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/** Builds a {@link Vae} from an encoder, a decoder, the shape of its latents and its likelihood. */
public final class VaeBuilder extends ModelBuilder<VaeBuilder> {
  private VaeConfig config = new VaeConfig(List.of(20), Likelihood.bernoulli(), 1, 0);

  VaeBuilder() {}

  @Override
  protected VaeBuilder self() {
    return this;
  }

  /**
   * Sets the shape of the latent of one image; by default 20. The encoder is built with 2 D output
   * channels (mean and log variance), the decoder with D input channels.
   *
   * @param shape D for encoders that return one vector per image, such as {@link DenseEncoder};
   *     height, width, D for encoders that return a map, such as {@link ConvEncoder}
   * @return this builder
   */
  public VaeBuilder latent(Integer... shape) {
    return config(Records.with(config, "latent", shape));
  }

  /**
   * Sets the likelihood of the pixels; by default {@link Likelihood#bernoulli()}.
   *
   * @param newLikelihood p(x|z)
   * @return this builder
   */
  public VaeBuilder likelihood(Likelihood newLikelihood) {
    return config(Records.with(config, "likelihood", newLikelihood));
  }

  /**
   * Sets the weight of the KL divergence in the loss; by default 1. Values above 1 encourage
   * independent latent dimensions (beta-VAE, Higgins et al. 2017); values below 1 yield better
   * reconstructions and worse samples.
   *
   * @param weight beta, at least 0
   * @return this builder
   */
  public VaeBuilder beta(double weight) {
    return config(Records.with(config, "beta", weight));
  }

  /**
   * Sets the number of training steps over which the weight of the KL divergence increases linearly
   * from 0 to beta (KL annealing, Bowman et al. 2016); by default 0. The decoder then learns to use
   * the latents first.
   *
   * @param steps the number of steps
   * @return this builder
   */
  public VaeBuilder klWarmUp(long steps) {
    return config(Records.with(config, "warmUp", steps));
  }

  private VaeBuilder config(VaeConfig newConfig) {
    config = newConfig;
    return this;
  }

  /**
   * Builds the model.
   *
   * @return a new, untrained model
   * @throws IllegalStateException if the encoder or the decoder is missing
   */
  public Vae build() {
    checkComplete("Vae", "an encoder and a decoder", "");
    Rng rng = rng();
    int dimension = config.dimension();
    return complete(
        new Vae(
            config,
            buildEncoder(Math.multiplyExact(2, dimension), rng),
            buildDecoder(dimension, rng)));
  }
}
