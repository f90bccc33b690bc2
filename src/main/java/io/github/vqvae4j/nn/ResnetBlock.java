package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;

/**
 * The residual block of VQGAN's encoder and decoder (Esser et al. 2021, table 7; Ho et al. 2020,
 * appendix B). Maps [b, h, w, in] to [b, h, w, out]: {@code skip +
 * conv2(dropout(silu(norm2(conv1(silu(norm1(x)))))))}, with 3x3 convolutions and group
 * normalization with epsilon 1e-6. The skip connection is x or, if the number of channels changes,
 * a 1x1 convolution of x.
 */
public final class ResnetBlock extends Layer {
  private final GroupNorm norm1;
  private final Conv2d conv1;
  private final GroupNorm norm2;
  private final Dropout dropout;
  private final Conv2d conv2;
  private final Conv2d shortcut;

  /**
   * Creates a layer.
   *
   * @param config the settings
   * @param rng the random number generator for the initial weights
   */
  public ResnetBlock(ResnetConfig config, Rng rng) {
    int in = config.in();
    int out = config.out();
    norm1 = child("norm1", new GroupNorm(norm(config.groups(), in)));
    conv1 = child("conv1", new Conv2d(ConvConfig.of(in, out, 3).padding(1), rng));
    norm2 = child("norm2", new GroupNorm(norm(config.groups(), out)));
    dropout = child("dropout", new Dropout(config.dropout()));
    conv2 = child("conv2", new Conv2d(ConvConfig.of(out, out, 3).padding(1), rng));
    shortcut = in == out ? null : child("shortcut", new Conv2d(ConvConfig.of(in, out, 1), rng));
  }

  /** Returns VQGAN's normalization settings. */
  static GroupNormConfig norm(int groups, int channels) {
    return GroupNormConfig.of(groups, channels).epsilon(1e-6);
  }

  @Override
  protected Tensor compute(Tensor x) {
    Tensor first = silu(norm1.forward(x));
    Tensor hidden = conv1.forward(first).release(first);
    Tensor second = dropout.forward(silu(norm2.forward(hidden).release(hidden)));
    if (shortcut == null) {
      return conv2.addTo(x, second).release(second);
    }
    Tensor skip = shortcut.forward(x);
    return conv2.addTo(skip, second).release(second).release(skip);
  }

  private static Tensor silu(Tensor normalized) {
    return normalized.silu().release(normalized);
  }
}
