package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.Tensor;

/**
 * Convolutions with what follows them in one pass, relu?(x * weight + bias + residual): for layers
 * of this library. To users of tensors these are operations of their own.
 */
public final class FusedConvolution {
  /** Which convolution. */
  public enum Form {
    CONV_1D,
    CONV_2D,
    CONV_TRANSPOSE_1D,
    CONV_TRANSPOSE_2D
  }

  /** What computes them. */
  @FunctionalInterface
  public interface Provider {
    /** As {@link FusedConvolution#of}. */
    Tensor compute(
        Form form,
        Tensor x,
        Tensor weight,
        Tensor bias,
        Tensor residual,
        boolean relu,
        ConvOptions window);
  }

  private static volatile Provider provider;

  private FusedConvolution() {}

  /** Called once, by {@link Tensor}. */
  public static void provide(Provider newProvider) {
    provider = newProvider;
  }

  /**
   * Computes one.
   *
   * @param bias [out], or null
   * @param residual of the result's shape, or null
   */
  public static Tensor of(
      Form form,
      Tensor x,
      Tensor weight,
      Tensor bias,
      Tensor residual,
      boolean relu,
      ConvOptions window) {
    return provider.compute(form, x, weight, bias, residual, relu, window);
  }
}
