package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A kernel implementation and a data type it supports. */
enum KernelSetting {
  ND4J_FLOAT(new Nd4jKernels(), DType.FLOAT),
  ND4J_DOUBLE(new Nd4jKernels(), DType.DOUBLE),
  ONEDNN_FLOAT(new OneDnnKernels(), DType.FLOAT);

  final Kernels kernels;
  final DType dtype;

  KernelSetting(Kernels kernels, DType dtype) {
    this.kernels = kernels;
    this.dtype = dtype;
  }

  /** Rounds a value to the data type. */
  double rounded(double value) {
    return dtype == DType.FLOAT ? (float) value : value;
  }

  /** A tolerance of one or two units in the last place. */
  double tolerance(double expected) {
    return Math.abs(expected) * (dtype == DType.FLOAT ? 1e-6 : 1e-14);
  }

  INDArray array(Arena arena, double[] values, long... shape) {
    INDArray array = arena.allocate(dtype, shape);
    HeapCopy.write(values, array);
    return array;
  }

  static INDArray ints(Arena arena, int[] values, long... shape) {
    INDArray array = arena.allocate(DType.INT, shape);
    HeapCopy.write(values, 0, values.length, array, 0);
    return array;
  }

  /** Pairs of broadcastable shapes of equal rank. */
  static List<long[][]> broadcasts() {
    List<long[][]> pairs = new ArrayList<>();
    pairs.add(new long[][] {{1}, {1}});
    pairs.add(new long[][] {{4099}, {4099}});
    pairs.add(new long[][] {{1}, {4099}});
    pairs.add(new long[][] {{4, 6, 6, 16}, {1, 1, 1, 16}});
    pairs.add(new long[][] {{4, 6, 6, 16}, {4, 1, 1, 16}});
    pairs.add(new long[][] {{4, 6, 6, 16}, {1, 6, 6, 1}});
    pairs.add(new long[][] {{1, 3, 1, 700}, {5, 1, 2, 700}});
    pairs.add(new long[][] {{2, 3, 37, 37}, {1, 1, 37, 37}});
    // All combinations of axes of size 1 in both shapes.
    for (int mask = 0; mask < 64; mask++) {
      pairs.add(new long[][] {ones(mask), ones(mask >> 3)});
    }
    return pairs;
  }

  private static long[] ones(int mask) {
    long[] shape = {2, 3, 5};
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (mask >> i & 1) == 1 ? 1 : shape[i];
    }
    return shape;
  }

  static long[] broadcast(long[]... shapes) {
    long[] result = shapes[0].clone();
    for (long[] shape : shapes) {
      for (int i = 0; i < result.length; i++) {
        result[i] = Math.max(result[i], shape[i]);
      }
    }
    return result;
  }

  static int size(long... shape) {
    int size = 1;
    for (long d : shape) {
      size *= (int) d;
    }
    return size;
  }

  /** Returns the index in the source array of an element of the broadcast array. */
  static int source(int index, long[] to, long[] from) {
    int source = 0;
    int remainder = index;
    int stride = 1;
    for (int i = to.length - 1; i >= 0; i--) {
      int coordinate = remainder % (int) to[i];
      remainder /= (int) to[i];
      source += from[i] == 1 ? 0 : coordinate * stride;
      stride *= (int) from[i];
    }
    return source;
  }
}
