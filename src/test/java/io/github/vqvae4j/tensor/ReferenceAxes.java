package io.github.vqvae4j.tensor;

import java.util.Arrays;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** What makes one number of the numbers along some axes, as the definitions say. */
final class ReferenceAxes {
  /** How a gradient falls on the numbers that one was made of. */
  @FunctionalInterface
  interface Spread {
    double[] apply(double dy, double... values);
  }

  private ReferenceAxes() {}

  /** The function of the numbers along the axes, which it gets in C order; no axes means all. */
  static NdArray reduce(
      NdArray x, boolean keepDims, ToDoubleFunction<double[]> function, int... axes) {
    boolean[] over = over(x, axes);
    long[] kept = kept(x, over);
    NdArray y = NdArray.filled(kept, index -> function.applyAsDouble(along(x, over, index)));
    return keepDims ? y : Reference.reshape(y, without(kept, over));
  }

  /** The gradient of x where a reduction's result has the gradient dy. */
  static NdArray gradient(NdArray x, NdArray dy, Spread spread, int... axes) {
    boolean[] over = over(x, axes);
    NdArray incoming = Reference.reshape(dy, kept(x, over));
    NdArray dx = NdArray.zeros(x.shape());
    NdArray.forEachIndex(
        incoming.shape(),
        index -> {
          double[] parts = spread.apply(incoming.at(index), along(x, over, index));
          int[] next = new int[1];
          forEachAlong(x, over, index, place -> dx.add(parts[next[0]++], place));
        });
    return dx;
  }

  // --- functions of the numbers along the axes

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

  // --- their gradients, where differences cannot tell

  /** To the first of equal numbers alone. */
  static double[] extremeGradient(double extreme, double dy, double... values) {
    double[] dx = new double[values.length];
    int first = 0;
    while (values[first] != extreme) {
      first++;
    }
    dx[first] = dy;
    return dx;
  }

  /** 0 where all numbers are equal. */
  static double[] stdGradient(int correction, double dy, double... values) {
    double mean = mean(values);
    double std = Math.sqrt(var(correction, values));
    double divisor = std * (values.length - correction);
    return DoubleStream.of(values).map(v -> std == 0 ? 0 : dy * (v - mean) / divisor).toArray();
  }

  /** 0 where the result is minus infinity. */
  static double[] logSumExpGradient(double dy, double... values) {
    double y = logSumExp(values);
    return DoubleStream.of(values)
        .map(v -> y == Double.NEGATIVE_INFINITY ? 0 : dy * Math.exp(v - y))
        .toArray();
  }

  /** x / max(||x||, epsilon) along an axis. */
  static NdArray l2Normalize(NdArray x, int axis, double epsilon) {
    NdArray norms = reduce(x, true, values -> Math.sqrt(squares(values)), axis);
    return Reference.zip(x, norms, (v, norm) -> v / Math.max(norm, epsilon));
  }

  static double squares(double... values) {
    return DoubleStream.of(values).map(v -> v * v).sum();
  }

  // --- which numbers lie along the axes

  private static double[] along(NdArray x, boolean[] over, long... index) {
    DoubleStream.Builder values = DoubleStream.builder();
    forEachAlong(x, over, index, place -> values.add(x.at(place)));
    return values.build().toArray();
  }

  private static void forEachAlong(
      NdArray x, boolean[] over, long[] index, NdArray.Visitor visitor) {
    NdArray.forEachIndex(
        x.shape(),
        place -> {
          if (IntStream.range(0, over.length).allMatch(i -> over[i] || place[i] == index[i])) {
            visitor.visit(place);
          }
        });
  }

  private static boolean[] over(NdArray x, int... axes) {
    boolean[] over = new boolean[x.shape().length];
    Arrays.fill(over, axes.length == 0);
    for (int axis : axes) {
      over[Math.floorMod(axis, over.length)] = true;
    }
    return over;
  }

  private static long[] kept(NdArray x, boolean... over) {
    return IntStream.range(0, over.length).mapToLong(i -> over[i] ? 1 : x.shape()[i]).toArray();
  }

  private static long[] without(long[] kept, boolean... over) {
    long[] left =
        IntStream.range(0, over.length).filter(i -> !over[i]).mapToLong(i -> kept[i]).toArray();
    return left.length == 0 ? new long[] {1} : left;
  }
}
