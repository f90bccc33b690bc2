package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Functions of broadcast arrays as plain loops, for what no library at hand computes right where an
 * element is NaN, and for ints. Floats have loops of their own; doubles and ints, which doubles
 * hold exactly, share one.
 */
final class BinaryLoops {
  /** What an element costs, in multiplications, when work is shared out. */
  private static final long COST = 2;

  private BinaryLoops() {}

  /** y = max(a, b) or min(a, b); NaN where either is. */
  static void extremum(boolean larger, INDArray a, INDArray b, INDArray y) {
    BroadcastReader first = new BroadcastReader(a, y.shape());
    BroadcastReader second = new BroadcastReader(b, y.shape());
    if (NativeMemory.dtypeOf(y) == DType.FLOAT) {
      HeapSlices.run(
          y.length(),
          COST,
          most -> {
            float[] as = new float[most];
            float[] bs = new float[most];
            return (from, length) -> {
              first.read(from, as, length);
              second.read(from, bs, length);
              if (larger) {
                max(as, bs, length);
              } else {
                min(as, bs, length);
              }
              HeapCopy.write(as, 0, length, y, from);
            };
          });
      return;
    }
    HeapSlices.run(
        y.length(),
        COST,
        most -> {
          double[] as = new double[most];
          double[] bs = new double[most];
          return (from, length) -> {
            first.read(from, as, length);
            second.read(from, bs, length);
            for (int i = 0; i < length; i++) {
              as[i] = larger ? Math.max(as[i], bs[i]) : Math.min(as[i], bs[i]);
            }
            HeapCopy.write(as, 0, length, y, from);
          };
        });
  }

  /** y = 1 where the comparison holds, else 0. */
  static void compare(Comparison comparison, INDArray a, INDArray b, INDArray y) {
    switch (comparison) {
      case GREATER -> compare(Comparison.LESS, b, a, y);
      case GREATER_EQUAL -> compare(Comparison.LESS_EQUAL, b, a, y);
      default -> {
        BroadcastReader first = new BroadcastReader(a, y.shape());
        BroadcastReader second = new BroadcastReader(b, y.shape());
        boolean floats = NativeMemory.dtypeOf(a) == DType.FLOAT;
        HeapSlices.run(
            y.length(),
            COST,
            most ->
                floats
                    ? compareFloats(comparison, first, second, y, most)
                    : compareDoubles(comparison, first, second, y, most));
      }
    }
  }

  private static HeapSlices.Loop compareFloats(
      Comparison comparison, BroadcastReader a, BroadcastReader b, INDArray y, int most) {
    float[] as = new float[most];
    float[] bs = new float[most];
    int[] ys = new int[most];
    return (from, length) -> {
      a.read(from, as, length);
      b.read(from, bs, length);
      switch (comparison) {
        case LESS -> less(as, bs, ys, length);
        case LESS_EQUAL -> lessEqual(as, bs, ys, length);
        case EQUAL -> equal(as, bs, ys, length);
        default -> notEqual(as, bs, ys, length);
      }
      HeapCopy.write(ys, 0, length, y, from);
    };
  }

  private static HeapSlices.Loop compareDoubles(
      Comparison comparison, BroadcastReader a, BroadcastReader b, INDArray y, int most) {
    double[] as = new double[most];
    double[] bs = new double[most];
    int[] ys = new int[most];
    return (from, length) -> {
      a.read(from, as, length);
      b.read(from, bs, length);
      for (int i = 0; i < length; i++) {
        boolean holds =
            switch (comparison) {
              case LESS -> as[i] < bs[i];
              case LESS_EQUAL -> as[i] <= bs[i];
              case EQUAL -> as[i] == bs[i];
              default -> as[i] != bs[i];
            };
        ys[i] = holds ? 1 : 0;
      }
      HeapCopy.write(ys, 0, length, y, from);
    };
  }

  /** y = a where the condition is not 0, else b. */
  static void where(INDArray condition, INDArray a, INDArray b, INDArray y) {
    BroadcastReader conditions = new BroadcastReader(condition, y.shape());
    BroadcastReader first = new BroadcastReader(a, y.shape());
    BroadcastReader second = new BroadcastReader(b, y.shape());
    if (NativeMemory.dtypeOf(y) == DType.DOUBLE) {
      HeapSlices.run(
          y.length(),
          COST,
          most -> {
            int[] cs = new int[most];
            double[] as = new double[most];
            double[] bs = new double[most];
            return (from, length) -> {
              conditions.read(from, cs, length);
              first.read(from, as, length);
              second.read(from, bs, length);
              for (int i = 0; i < length; i++) {
                as[i] = cs[i] != 0 ? as[i] : bs[i];
              }
              HeapCopy.write(as, 0, length, y, from);
            };
          });
      return;
    }
    HeapSlices.run(
        y.length(),
        COST,
        most -> {
          int[] cs = new int[most];
          int[] as = new int[most];
          int[] bs = new int[most];
          return (from, length) -> {
            conditions.read(from, cs, length);
            first.read(from, as, length);
            second.read(from, bs, length);
            choose(cs, as, bs, length);
            HeapCopy.write(as, 0, length, y, from);
          };
        });
  }

  // Loops that become vector instructions, or at least have no branch.

  private static void max(float[] a, float[] b, int length) {
    for (int i = 0; i < length; i++) {
      a[i] = Math.max(a[i], b[i]);
    }
  }

  private static void min(float[] a, float[] b, int length) {
    for (int i = 0; i < length; i++) {
      a[i] = Math.min(a[i], b[i]);
    }
  }

  private static void less(float[] a, float[] b, int[] y, int length) {
    for (int i = 0; i < length; i++) {
      y[i] = a[i] < b[i] ? 1 : 0;
    }
  }

  private static void lessEqual(float[] a, float[] b, int[] y, int length) {
    for (int i = 0; i < length; i++) {
      y[i] = a[i] <= b[i] ? 1 : 0;
    }
  }

  private static void equal(float[] a, float[] b, int[] y, int length) {
    for (int i = 0; i < length; i++) {
      y[i] = a[i] == b[i] ? 1 : 0;
    }
  }

  private static void notEqual(float[] a, float[] b, int[] y, int length) {
    for (int i = 0; i < length; i++) {
      y[i] = a[i] != b[i] ? 1 : 0;
    }
  }

  /** Of the bits of floats or ints: a branch would be mispredicted for half of a random mask. */
  private static void choose(int[] condition, int[] a, int[] b, int length) {
    for (int i = 0; i < length; i++) {
      int mask = (condition[i] | -condition[i]) >> 31;
      a[i] = a[i] & mask | b[i] & ~mask;
    }
  }
}
