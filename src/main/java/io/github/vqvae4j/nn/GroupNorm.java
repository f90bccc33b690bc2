package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Group normalization (Wu and He 2018): [batch, .., channels] to the same shape, {@code (x - mean)
 * / sqrt(variance + epsilon) weight + bias} with mean and variance of each image over all its
 * pixels and a group of neighbouring channels.
 *
 * <p>Parameters: {@code weight} [channels], which starts at 1, and {@code bias} [channels], at 0.
 */
public final class GroupNorm extends Layer {
  private final int groups;
  private final int channels;
  private final double epsilon;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * A normalization with PyTorch's epsilon, 1e-5.
   *
   * @param groups how many groups the channels are divided into
   * @param channels of the images, a multiple of the groups
   */
  public GroupNorm(int groups, int channels) {
    this(groups, channels, Norms.EPSILON);
  }

  /**
   * A normalization.
   *
   * @param groups how many groups the channels are divided into
   * @param channels of the images, a multiple of the groups
   * @param epsilon added to the variance, above 0
   * @throws IllegalArgumentException if a number is out of its range
   */
  public GroupNorm(int groups, int channels, double epsilon) {
    Norms.check("GroupNorm", channels, epsilon);
    if (groups < 1 || channels % groups != 0) {
      throw new IllegalArgumentException(
          "GroupNorm: expected a number of groups that divides the channels, got "
              + groups
              + " groups and "
              + channels
              + " channels.");
    }
    this.groups = groups;
    this.channels = channels;
    this.epsilon = epsilon;
    weight = parameter("weight", () -> Norms.ones(channels), channels);
    bias = parameter("bias", () -> new float[channels], channels);
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.rank() < 2 || x.size(-1) != channels) {
      throw new IllegalArgumentException(
          "GroupNorm: expected [batch, .., "
              + channels
              + "], got "
              + Arrays.toString(x.shape())
              + ".");
    }
    return x.groupNorm(groups, weight.in(x.step()), bias.in(x.step()), epsilon);
  }
}
