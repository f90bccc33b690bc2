package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import io.github.vqvae4j.nn.ResidualConfig.Skip;
import io.github.vqvae4j.quantize.EmaConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import java.util.function.UnaryOperator;

/**
 * Models whose results others have published, each setting as it was there. How they were trained
 * is in {@code train.Recipe}; how near this library comes to their results, in docs/fidelity.md.
 *
 * <pre>{@code
 * VqVae model = VqVaePresets.sonnetCifar10().seed(7).build();
 * }</pre>
 */
public final class VqVaePresets {
  private static final int K = 512;
  private static final int D = 64;

  private VqVaePresets() {}

  /**
   * The model of Sonnet 2's examples/vqvae_example for CIFAR-10 (32x32 in colour, codes 8x8):
   * {@link ConvEncoder} and {@link ConvDecoder} with their defaults, 128 channels and 2 residual
   * blocks of 32, weights from truncated normals. K 512, D 64; the codebook starts uniform in
   * +-sqrt(3/64) and moves by zero-debiased averages of decay 0.99, epsilon 1e-5; beta 0.25; codes
   * are never restarted. 695,491 parameters with the codebook.
   *
   * @return a builder, to be given a seed and built
   */
  public static VqVaeBuilder sonnetCifar10() {
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3))
        .quantizer(VectorQuantizer.ema(K, D).init(Initialization.UNIFORM).deadCodeThreshold(0))
        .decoder(ConvDecoder.channels(3));
  }

  /**
   * The model of zalandoresearch/pytorch-vq-vae for CIFAR-10: that of {@link #sonnetCifar10}, but
   * for these settings. Residual convolutions have no bias, and their skip carries relu(x), since
   * the rectified linear unit there overwrites x; weights and biases start as PyTorch's; the
   * codebook starts from N(0, 1); its averages are not debiased, the sums start from N(0, 1), and
   * smoothed counts are stored back. 694,851 parameters with the codebook.
   *
   * @return a builder, to be given a seed and built
   */
  public static VqVaeBuilder zalandoCifar10() {
    UnaryOperator<ResidualConfig> residual = r -> r.bias(false).skip(Skip.RECTIFIED);
    return VqVae.builder()
        .encoder(ConvEncoder.channels(3).residual(residual).initializer(Initializer.TORCH))
        .quantizer(
            VectorQuantizer.ema(K, D)
                .init(Initialization.NORMAL)
                .ema(EmaConfig.DEFAULT.zeroDebiased(false).smoothedCountsStored(true))
                .deadCodeThreshold(0))
        .decoder(ConvDecoder.channels(3).residual(residual).initializer(Initializer.TORCH));
  }

  /**
   * The model of keras.io's example "Vector-Quantized Variational Autoencoders" for MNIST (28x28 in
   * gray, codes 7x7): {@link StridedEncoder} of 32 and 64 channels, {@link StridedDecoder} of 64
   * and 32, weights as in Keras. K 128, D 16; the codebook starts uniform in +-0.05 and learns by
   * its gradient, alpha 1; beta 0.25. 49,937 parameters, the codebook among them.
   *
   * @return a builder, to be given a seed and built
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
