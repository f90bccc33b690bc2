package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.internal.Kernels.Comparison;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Elementwise functions of broadcast arrays as plain Java loops, for functions that ND4J and oneDNN
 * compute incorrectly for NaN, and for ints. Floats have separate loops; doubles and ints, which
 * are exact as doubles, share one.
 */
final class BinaryLoops {
  /** The cost of an element in multiplications, which determines the number of threads. */
  private static final long COST = 2;

  private BinaryLoops() {}

  /** Computes y = max(a, b) or min(a, b); the result is NaN where either is NaN. */
  static void extremum(boolean max, INDArray a, INDArray b, INDArray y) {
    BroadcastReader first = new BroadcastReader(a, y.shape());
    BroadcastReader second = new BroadcastReader(b, y.shape());
    if (NativeMemory.dtypeOf(y) == DType.FLOAT) {
      HeapSlices.run(
          y.length(),
          COST,
          sliceLength -> {
            float[] as = new float[sliceLength];
            float[] bs = new float[sliceLength];
            return (from, length) -> {
              first.read(from, as, length);
              second.read(from, bs, length);
              if (max) {
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
        sliceLength -> {
          double[] as = new double[sliceLength];
          double[] bs = new double[sliceLength];
          return (from, length) -> {
            first.read(from, as, length);
            second.read(from, bs, length);
            for (int i = 0; i < length; i++) {
              as[i] = max ? Math.max(as[i], bs[i]) : Math.min(as[i], bs[i]);
            }
            HeapCopy.write(as, 0, length, y, from);
          };
        });
  }

  /** Computes y = 1 where the comparison holds, 0 elsewhere. */
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
            sliceLength ->
                floats
                    ? compareFloats(comparison, first, second, y, sliceLength)
                    : compareDoubles(comparison, first, second, y, sliceLength));
      }
    }
  }

  private static HeapSlices.Loop compareFloats(
      Comparison comparison, BroadcastReader a, BroadcastReader b, INDArray y, int sliceLength) {
    float[] as = new float[sliceLength];
    float[] bs = new float[sliceLength];
    int[] ys = new int[sliceLength];
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
      Comparison comparison, BroadcastReader a, BroadcastReader b, INDArray y, int sliceLength) {
    double[] as = new double[sliceLength];
    double[] bs = new double[sliceLength];
    int[] ys = new int[sliceLength];
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

  /** Computes y = a where the condition is nonzero, b elsewhere. */
  static void where(INDArray condition, INDArray a, INDArray b, INDArray y) {
    BroadcastReader conditions = new BroadcastReader(condition, y.shape());
    BroadcastReader first = new BroadcastReader(a, y.shape());
    BroadcastReader second = new BroadcastReader(b, y.shape());
    if (NativeMemory.dtypeOf(y) == DType.DOUBLE) {
      HeapSlices.run(
          y.length(),
          COST,
          sliceLength -> {
            int[] cs = new int[sliceLength];
            double[] as = new double[sliceLength];
            double[] bs = new double[sliceLength];
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
        sliceLength -> {
          int[] cs = new int[sliceLength];
          int[] as = new int[sliceLength];
          int[] bs = new int[sliceLength];
          return (from, length) -> {
            conditions.read(from, cs, length);
            first.read(from, as, length);
            second.read(from, bs, length);
            select(cs, as, bs, length);
            HeapCopy.write(as, 0, length, y, from);
          };
        });
  }

  // Loops that the JIT compiler vectorizes, or that are at least branch-free.

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

  /** Selects the bits of floats or ints without a branch, which a random mask would mispredict. */
  private static void select(int[] condition, int[] a, int[] b, int length) {
    for (int i = 0; i < length; i++) {
      int mask = (condition[i] | -condition[i]) >> 31;
      a[i] = a[i] & mask | b[i] & ~mask;
    }
  }
}
