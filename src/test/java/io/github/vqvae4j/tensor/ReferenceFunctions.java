package io.github.vqvae4j.tensor;

import java.util.Arrays;

/** Reference implementations of activations, losses, and axis and image operations. */
final class ReferenceFunctions {
  private ReferenceFunctions() {}

  /** The error function: 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n+1) / (1 3 5 .. (2n+1)). */
  static double erf(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 400; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  static double gelu(double x) {
    return x * 0.5 * (1 + erf(x / Math.sqrt(2)));
  }

  static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  static double huber(double x, double target, double delta) {
    double distance = Math.abs(x - target);
    return distance < delta ? 0.5 * distance * distance : delta * (distance - 0.5 * delta);
  }

  static double binaryCrossEntropy(double logit, double target) {
    double p = 1 / (1 + Math.exp(-logit));
    return -target * Math.log(p) - (1 - target) * Math.log(1 - p);
  }

  static NdArray logSoftmax(NdArray x, int axis) {
    NdArray sums = NdArray.zeros(reduced(x, axis));
    NdArray.forEachIndex(x.shape(), i -> sums.add(Math.exp(x.at(i)), atZero(i, axis)));
    return NdArray.filled(x.shape(), i -> x.at(i) - Math.log(sums.at(atZero(i, axis))));
  }

  static NdArray softmax(NdArray x, int axis) {
    return Reference.map(logSoftmax(x, axis), Math::exp);
  }

  static NdArray crossEntropy(NdArray logits, int... targets) {
    int axis = logits.shape().length - 1;
    double[] values = logSoftmax(logits, axis).values();
    int classes = (int) logits.shape()[axis];
    double sum = 0;
    for (int row = 0; row < targets.length; row++) {
      sum -= values[row * classes + targets[row]];
    }
    return new NdArray(new double[] {sum / targets.length}, 1);
  }

  static NdArray cumsum(NdArray x, int axis) {
    return NdArray.filled(
        x.shape(),
        index -> {
          double sum = 0;
          long[] i = index.clone();
          for (i[axis] = 0; i[axis] <= index[axis]; i[axis]++) {
            sum += x.at(i);
          }
          return sum;
        });
  }

  /** Returns the maxima over non-negative axes, which are removed. */
  static NdArray max(NdArray x, int... axes) {
    NdArray stored = Reference.sum(x, axes);
    double[] largest = new double[stored.values().length];
    Arrays.fill(largest, Double.NEGATIVE_INFINITY);
    NdArray.forEachIndex(
        x.shape(),
        index -> {
          int target = 0;
          for (int axis = 0; axis < x.shape().length; axis++) {
            int a = axis;
            if (Arrays.stream(axes).noneMatch(b -> b == a)) {
              target = target * (int) x.shape()[axis] + (int) index[axis];
            }
          }
          largest[target] = Math.max(largest[target], x.at(index));
        });
    return new NdArray(largest, stored.shape());
  }

  static NdArray pad(NdArray x, Padding padding) {
    long[] s = x.shape();
    return NdArray.filled(
        new long[] {
          s[0],
          padding.top() + s[1] + padding.bottom(),
          padding.left() + s[2] + padding.right(),
          s[3]
        },
        i -> {
          long row = i[1] - padding.top();
          long column = i[2] - padding.left();
          if (padding.mode() == Padding.Mode.REFLECT) {
            return x.at(i[0], mirrored(row, s[1]), mirrored(column, s[2]), i[3]);
          }
          boolean inside = row >= 0 && row < s[1] && column >= 0 && column < s[2];
          return inside ? x.at(i[0], row, column, i[3]) : 0;
        });
  }

  private static long mirrored(long index, long size) {
    long positive = Math.abs(index);
    return positive < size ? positive : 2 * (size - 1) - positive;
  }

  static NdArray spaceToDepth(NdArray x, int block) {
    long[] s = x.shape();
    return NdArray.filled(
        new long[] {s[0], s[1] / block, s[2] / block, block * block * s[3]},
        i -> {
          long pixel = i[3] / s[3];
          return x.at(
              i[0], i[1] * block + pixel / block, i[2] * block + pixel % block, i[3] % s[3]);
        });
  }

  static NdArray depthToSpace(NdArray x, int block) {
    long[] s = x.shape();
    long channels = s[3] / (block * block);
    return NdArray.filled(
        new long[] {s[0], s[1] * block, s[2] * block, channels},
        i -> {
          long pixel = i[1] % block * block + i[2] % block;
          return x.at(i[0], i[1] / block, i[2] / block, pixel * channels + i[3]);
        });
  }

  static NdArray pool(
      NdArray x, boolean max, int kernelHeight, int kernelWidth, ConvOptions options) {
    long[] s = x.shape();
    return NdArray.filled(
        new long[] {
          s[0],
          options.height().size(s[1], kernelHeight),
          options.width().size(s[2], kernelWidth),
          s[3]
        },
        i -> {
          double largest = Double.NEGATIVE_INFINITY;
          double sum = 0;
          for (int pixel = 0; pixel < kernelHeight * kernelWidth; pixel++) {
            long row =
                i[1] * options.height().stride() - options.height().before() + pixel / kernelWidth;
            long column =
                i[2] * options.width().stride() - options.width().before() + pixel % kernelWidth;
            if (row >= 0 && row < s[1] && column >= 0 && column < s[2]) {
              double value = x.at(i[0], row, column, i[3]);
              largest = Math.max(largest, value);
              sum += value;
            }
          }
          return max ? largest : sum / (kernelHeight * kernelWidth);
        });
  }

  private static long[] reduced(NdArray x, int axis) {
    long[] shape = x.shape().clone();
    shape[axis] = 1;
    return shape;
  }

  private static long[] atZero(long[] index, int axis) {
    long[] result = index.clone();
    result[axis] = 0;
    return result;
  }
}
