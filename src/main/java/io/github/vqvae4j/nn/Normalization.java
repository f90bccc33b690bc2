package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/** What the normalizing layers have in common: a weight and a bias for each channel, or neither. */
abstract sealed class Normalization extends Layer permits BatchNorm2d, GroupNorm, LayerNorm {
  /** PyTorch's. */
  static final double EPSILON = 1e-5;

  private final int channels;
  private final Parameter weight;
  private final Parameter bias;

  /** With {@code affine} there are parameters: {@code weight}, all 1, and {@code bias}, all 0. */
  Normalization(int channels, boolean affine) {
    this.channels = channels;
    weight = affine ? parameter("weight", () -> repeated(1, channels), channels) : null;
    bias = affine ? parameter("bias", () -> repeated(0, channels), channels) : null;
  }

  final int channels() {
    return channels;
  }

  /** Whether there are weight and bias. */
  final boolean isAffine() {
    return weight != null;
  }

  /** What x is multiplied by, [channels]. */
  final Tensor weight(Tensor x) {
    return weight.in(x.step());
  }

  /** What is added then, [channels]. */
  final Tensor bias(Tensor x) {
    return bias.in(x.step());
  }

  static float[] repeated(int value, int size) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  /** Refuses an epsilon that would be 0 or infinite in float. */
  static void checkEpsilon(String component, double epsilon) {
    boolean holds = (float) epsilon > 0 && epsilon <= Float.MAX_VALUE;
    Require.that(holds, component, "a number above 0 and finite, also as float", epsilon);
  }
}
