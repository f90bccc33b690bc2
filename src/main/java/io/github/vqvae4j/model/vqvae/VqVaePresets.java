package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.blocks.StridedDecoder;
import io.github.vqvae4j.model.blocks.StridedEncoder;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.quantize.EmaConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import java.util.function.UnaryOperator;

/**
 * Models with published results, in their original configurations, and {@link #hierarchical32}.
 * {@link Recipe} provides the training settings of the published ones; docs/fidelity.md compares
 * the results.
 *
 * <pre>{@code
 * VqVae model = VqVaePresets.sonnetCifar10().seed(7).build();
 * }</pre>
 */
public final class VqVaePresets {
  private static final int K = 512;
  private static final int D = 64;
  private static final EmaConfig SONNET_EMA = EmaConfig.DEFAULT.decay(0.99);

  private VqVaePresets() {}

  /**
   * Returns the model of examples/vqvae_example in Sonnet 2 for CIFAR-10 (color images of 32x32
   * pixels, 8x8 codes): {@link ConvEncoder} and {@link ConvDecoder} with their default settings,
   * 128 channels and 2 residual blocks with 32 channels, weights from truncated normal
   * distributions. K = 512, D = 64. The codebook is initialized uniformly in +-sqrt(3/64) and
   * updated by zero-debiased moving averages with decay 0.99 and epsilon 1e-5. beta = 0.25. Dead
   * codes are not restarted. 695,491 parameters including the codebook.
   *
   * @return a builder
   */
  public static VqVaeBuilder sonnetCifar10() {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3))
        .quantizer(
            VectorQuantizer.ema(K, D)
                .init(Initialization.UNIFORM)
                .ema(SONNET_EMA)
                .deadCodeThreshold(0))
        .decoder(ConvDecoder.channels(3));
  }

  /**
   * Returns the model of zalandoresearch/pytorch-vq-vae for CIFAR-10. It differs from {@link
   * #sonnetCifar10} in these settings: residual convolutions have no bias, and their skip
   * connection is relu(x), since the ReLU there works in place; weights and biases are initialized
   * as in PyTorch; the codebook is initialized from N(0, 1); its moving averages are not debiased,
   * the sums are initialized from N(0, 1), and smoothed counts are stored back. 694,851 parameters
   * including the codebook.
   *
   * @return a builder
   */
  public static VqVaeBuilder zalandoCifar10() {
    UnaryOperator<ResidualConfig> residual = r -> r.bias(false).skip(Skip.RECTIFIED);
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3).residual(residual).initializer(Initializer.TORCH))
        .quantizer(
            VectorQuantizer.ema(K, D)
                .init(Initialization.NORMAL)
                .ema(SONNET_EMA.zeroDebiased(false).smoothedCountsStored(true))
                .deadCodeThreshold(0))
        .decoder(ConvDecoder.channels(3).residual(residual).initializer(Initializer.TORCH));
  }

  /**
   * Returns the VQ-VAE-2 of rosinality/vq-vae-2-pytorch for color images of 256x256 pixels, with
   * codes of 64x64 and 32x32: 128 channels, 2 residual blocks with 32 channels, weights initialized
   * as in PyTorch; K = 512, D = 64, codebooks initialized from N(0, 1) and updated by moving
   * averages with decay 0.99, which are not debiased; the sums are initialized from N(0, 1), there
   * from the codebook. beta = 0.25. 1,454,403 parameters including the codebooks. For images of
   * 32x32, the codes are 8x8 and 4x4.
   *
   * @return a builder
   */
  public static VqVae2Builder rosinality256() {
    return VqVae2.channels(3)
        .initializer(Initializer.TORCH)
        .quantizer(
            VectorQuantizer.ema(K, D)
                .init(Initialization.NORMAL)
                .ema(SONNET_EMA.zeroDebiased(false))
                .deadCodeThreshold(0));
  }

  /**
   * Returns a small VQ-VAE-2 for color images of 32x32 pixels, with codes of 4x4 and 8x8, that is
   * trained on CIFAR-10 within minutes on two cores: 64 channels, 2 residual blocks with 32
   * channels, K = 256, D = 64, and the library's defaults otherwise. It is not a published model.
   * docs/guides/priors.md has its results.
   *
   * @return a builder
   */
  public static VqVae2Builder hierarchical32() {
    return VqVae2.channels(3).hidden(64).quantizer(VectorQuantizer.ema(256, D));
  }

  /**
   * Returns the model of the keras.io example "Vector-Quantized Variational Autoencoders" for MNIST
   * (grayscale images of 28x28 pixels, 7x7 codes): {@link StridedEncoder} with 32 and 64 channels,
   * {@link StridedDecoder} with 64 and 32 channels, weights initialized as in Keras. K = 128, D =
   * 16. The codebook is initialized uniformly in +-0.05 and trained by gradient descent with alpha
   * = 1. beta = 0.25. 49,937 parameters including the codebook.
   *
   * @return a builder
   */
  public static VqVaeBuilder kerasMnist() {
    return VqVae.builder()
        .encoder(StridedEncoder.channels(1).widths(32, 64))
        .quantizer(
            VectorQuantizer.gradient(128, 16)
                .init(Initialization.SMALL_UNIFORM)
                .deadCodeThreshold(0))
        .decoder(StridedDecoder.channels(1).widths(64, 32));
  }
}
