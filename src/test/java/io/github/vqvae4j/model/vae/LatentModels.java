package io.github.vqvae4j.model.vae;

import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Tensor;

/** Small models with continuous latents for the images of {@link Shapes}. */
public final class LatentModels {
  private LatentModels() {}

  public static Autoencoder autoencoder(long seed) {
    return Autoencoder.builder()
        .encoder(DenseEncoder.images(8, 8, 1).hidden(32))
        .decoder(DenseDecoder.images(8, 8, 1).hidden(32))
        .dimension(6)
        .seed(seed)
        .build();
  }

  public static VaeBuilder vae(long seed) {
    return Vae.builder()
        .encoder(DenseEncoder.images(8, 8, 1).hidden(32))
        .decoder(DenseDecoder.images(8, 8, 1).hidden(32))
        .latent(6)
        .seed(seed);
  }

  public static Vae convolutional(long seed) {
    return Vae.builder()
        .encoder(ConvEncoder.channels(1).hidden(8).downsample(1).residual(1, 4).vector(8, 8))
        .decoder(ConvDecoder.channels(1).hidden(8).upsample(1).residual(1, 4).vector(8, 8))
        .latent(5)
        .likelihood(Likelihood.learnedGaussian(0.1))
        .seed(seed)
        .build();
  }

  /** A custom encoder: the mean of all pixels, and a learned log variance. */
  static final class MeanEncoder extends Encoder {
    private final Parameter logVariance = parameter("logVariance", new float[] {-1}, 1, 1);

    @Override
    protected Tensor compute(Tensor images) {
      Tensor mean = images.mean(1, 2);
      Tensor zeros = mean.mul(0);
      return Tensor.concat(1, java.util.List.of(mean, zeros.add(logVariance.in(images.step()))));
    }
  }
}
