package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Convolutions fused with bias, residual and ReLU, relu?(x * weight + bias + residual), for the
 * layers of this library. The public tensor API offers them as separate operations.
 */
public final class FusedConvolution {
  /** The type of convolution. */
  public enum Form {
    CONV_1D,
    CONV_2D,
    CONV_TRANSPOSE_1D,
    CONV_TRANSPOSE_2D
  }

  /** The implementation, supplied by {@link Tensor}. */
  @FunctionalInterface
  public interface Provider {
    /** See {@link FusedConvolution#of}. */
    Tensor compute(
        Form form,
        Tensor x,
        Tensor weight,
        Tensor bias,
        Tensor residual,
        boolean relu,
        ConvOptions options);
  }

  private static volatile Provider provider;

  private FusedConvolution() {}

  /** Sets the implementation. Called once, by {@link Tensor}. */
  public static void provide(Provider implementation) {
    provider = implementation;
  }

  /**
   * Computes a fused convolution.
   *
   * @param bias the bias [out], or null
   * @param residual an array of the result's shape to add before the ReLU, or null
   */
  public static Tensor of(
      Form form,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      ConvOptions options) {
    return provider.compute(form, x, weight, bias, residual, relu, options);
  }
}
