package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Group normalization (Wu and He 2018). Maps [batch, .., channels] to the same shape: {@code (x -
 * mean) / sqrt(variance + epsilon) * weight + bias}. Mean and variance are computed for each
 * example and each group of consecutive channels, over all positions.
 *
 * <p>Parameters: {@code weight} [channels], initially 1, and {@code bias} [channels], initially 0;
 * neither exists if the layer is not {@linkplain GroupNormConfig#affine() affine}.
 */
public final class GroupNorm extends Normalization {
  private final int groups;
  private final double epsilon;

  /**
   * Creates a layer with PyTorch's defaults.
   *
   * @param groups the number of groups the channels are divided into
   * @param channels the number of channels, a multiple of {@code groups}
   */
  public GroupNorm(int groups, int channels) {
    this(GroupNormConfig.of(groups, channels));
  }

  /**
   * Creates a layer.
   *
   * @param config the settings
   */
  public GroupNorm(GroupNormConfig config) {
    super(config.channels(), config.affine());
    groups = config.groups();
    epsilon = config.epsilon();
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.rank() < 2 || x.size(-1) != channels()) {
      throw new IllegalArgumentException(
          "GroupNorm: expected [batch, .., "
              + channels()
              + "], got "
              + Arrays.toString(x.shape())
              + ".");
    }
    return isAffine()
        ? x.groupNorm(groups, weight(x), bias(x), epsilon)
        : x.groupNorm(groups, epsilon);
  }
}
