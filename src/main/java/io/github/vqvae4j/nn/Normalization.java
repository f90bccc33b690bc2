package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/** Base class of the normalization layers: an optional weight and bias for each channel. */
abstract sealed class Normalization extends Layer permits BatchNorm2d, GroupNorm, LayerNorm {
  /** PyTorch's default. */
  static final double EPSILON = 1e-5;

  private final int channels;
  private final Parameter weight;
  private final Parameter bias;

  /**
   * If {@code affine}, adds the parameters {@code weight}, initially 1, and {@code bias}, initially
   * 0.
   */
  Normalization(int channels, boolean affine) {
    this.channels = channels;
    weight = affine ? parameter("weight", () -> repeated(1, channels), channels) : null;
    bias = affine ? parameter("bias", () -> repeated(0, channels), channels) : null;
  }

  final int channels() {
    return channels;
  }

  /** Returns whether the layer has a weight and a bias. */
  final boolean isAffine() {
    return weight != null;
  }

  /** Returns the scale, [channels], in x's step. */
  final Tensor weight(Tensor x) {
    return weight.in(x.step());
  }

  /** Returns the bias, [channels], in x's step. */
  final Tensor bias(Tensor x) {
    return bias.in(x.step());
  }

  static float[] repeated(int value, int size) {
    float[] values = new float[size];
    Arrays.fill(values, value);
    return values;
  }

  /** Throws if epsilon is 0 or infinite in single precision. */
  static void checkEpsilon(String component, double epsilon) {
    boolean valid = (float) epsilon > 0 && epsilon <= Float.MAX_VALUE;
    Require.that(valid, component, "a positive, finite value in single precision", epsilon);
  }
}
