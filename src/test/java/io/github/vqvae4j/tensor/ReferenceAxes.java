package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** Reference implementations of reductions. */
final class ReferenceAxes {
  /** Distributes the gradient of a reduction over the reduced values. */
  @FunctionalInterface
  interface Spread {
    double[] apply(double dy, double... values);
  }

  private ReferenceAxes() {}

  /** Applies a function to the values along the axes, in row-major order; all axes if empty. */
  static NdArray reduce(
      NdArray x, boolean keepDims, ToDoubleFunction<double[]> function, int... axes) {
    boolean[] isReduced = reducedAxes(x, axes);
    long[] remaining = reducedShape(x, isReduced);
    NdArray y =
        NdArray.filled(remaining, index -> function.applyAsDouble(along(x, isReduced, index)));
    return keepDims ? y : Reference.reshape(y, without(remaining, isReduced));
  }

  /** Returns the gradient of x for the gradient dy of a reduction's result. */
  static NdArray gradient(NdArray x, NdArray dy, Spread spread, int... axes) {
    boolean[] isReduced = reducedAxes(x, axes);
    NdArray incoming = Reference.reshape(dy, reducedShape(x, isReduced));
    NdArray dx = NdArray.zeros(x.shape());
    NdArray.forEachIndex(
        incoming.shape(),
        index -> {
          double[] fragments = spread.apply(incoming.at(index), along(x, isReduced, index));
          int[] next = new int[1];
          forEachAlong(x, isReduced, index, position -> dx.add(fragments[next[0]++], position));
        });
    return dx;
  }

  // --- reduction functions

  static double sum(double... values) {
    return DoubleStream.of(values).sum();
  }

  static double mean(double... values) {
    return sum(values) / values.length;
  }

  static double max(double... values) {
    return Arrays.stream(values).reduce(Double.NEGATIVE_INFINITY, Math::max);
  }

  static double min(double... values) {
    return Arrays.stream(values).reduce(Double.POSITIVE_INFINITY, Math::min);
  }

  static double var(int correction, double... values) {
    double mean = mean(values);
    double squares = 0;
    for (double v : values) {
      squares += (v - mean) * (v - mean);
    }
    return squares / (values.length - correction);
  }

  static double logSumExp(double... values) {
    double largest = max(values);
    if (Double.isInfinite(largest)) {
      return largest;
    }
    return largest + Math.log(DoubleStream.of(values).map(v -> Math.exp(v - largest)).sum());
  }

  // --- gradients that central differences cannot determine

  /** Only the first of equal values receives the gradient. */
  static double[] extremeGradient(double extreme, double dy, double... values) {
    double[] dx = new double[values.length];
    int first = 0;
    while (values[first] != extreme) {
      first++;
    }
    dx[first] = dy;
    return dx;
  }

  /** The gradient is 0 where all values are equal. */
  static double[] stdGradient(int correction, double dy, double... values) {
    double mean = mean(values);
    double std = Math.sqrt(var(correction, values));
    double divisor = std * (values.length - correction);
    return DoubleStream.of(values).map(v -> std == 0 ? 0 : dy * (v - mean) / divisor).toArray();
  }

  /** The gradient is 0 where the result is negative infinity. */
  static double[] logSumExpGradient(double dy, double... values) {
    double y = logSumExp(values);
    return DoubleStream.of(values)
        .map(v -> y == Double.NEGATIVE_INFINITY ? 0 : dy * Math.exp(v - y))
        .toArray();
  }

  /** Returns x / max(||x||, epsilon) along an axis. */
  static NdArray l2Normalize(NdArray x, int axis, double epsilon) {
    NdArray norms = reduce(x, true, values -> Math.sqrt(squares(values)), axis);
    return Reference.zip(x, norms, (v, norm) -> v / Math.max(norm, epsilon));
  }

  static double squares(double... values) {
    return DoubleStream.of(values).map(v -> v * v).sum();
  }

  // --- indices along the axes

  private static double[] along(NdArray x, boolean[] isReduced, long... index) {
    DoubleStream.Builder values = DoubleStream.builder();
    forEachAlong(x, isReduced, index, position -> values.add(x.at(position)));
    return values.build().toArray();
  }

  private static void forEachAlong(
      NdArray x, boolean[] isReduced, long[] index, NdArray.Visitor visitor) {
    NdArray.forEachIndex(
        x.shape(),
        position -> {
          if (IntStream.range(0, isReduced.length)
              .allMatch(i -> isReduced[i] || position[i] == index[i])) {
            visitor.visit(position);
          }
        });
  }

  private static boolean[] reducedAxes(NdArray x, int... axes) {
    boolean[] isReduced = new boolean[x.shape().length];
    Arrays.fill(isReduced, axes.length == 0);
    for (int axis : axes) {
      isReduced[Math.floorMod(axis, isReduced.length)] = true;
    }
    return isReduced;
  }

  private static long[] reducedShape(NdArray x, boolean... isReduced) {
    return IntStream.range(0, isReduced.length)
        .mapToLong(i -> isReduced[i] ? 1 : x.shape()[i])
        .toArray();
  }

  private static long[] without(long[] remaining, boolean... isReduced) {
    long[] shape =
        IntStream.range(0, isReduced.length)
            .filter(i -> !isReduced[i])
            .mapToLong(i -> remaining[i])
            .toArray();
    return shape.length == 0 ? new long[] {1} : shape;
  }
}
