package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Group normalization (Wu and He 2018): [batch, .., channels] to the same shape, {@code (x - mean)
 * / sqrt(variance + epsilon) weight + bias} with mean and variance of each image over all its
 * pixels and a group of neighbouring channels.
 *
 * <p>Parameters: {@code weight} [channels], which starts at 1, and {@code bias} [channels], at 0;
 * neither if it is not {@linkplain GroupNormConfig#affine() affine}.
 */
public final class GroupNorm extends Normalization {
  private final int groups;
  private final double epsilon;

  /**
   * A normalization with PyTorch's defaults.
   *
   * @param groups how many groups the channels are divided into
   * @param channels of the images, a multiple of the groups
   */
  public GroupNorm(int groups, int channels) {
    this(GroupNormConfig.of(groups, channels));
  }

  /**
   * A normalization.
   *
   * @param config its settings
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
