package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** A set of kernels and a number format that it takes. */
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

  /** A number as the format holds it. */
  double rounded(double number) {
    return dtype == DType.FLOAT ? (float) number : number;
  }

  /** Large enough for the last bit or two of a result. */
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

  /** Pairs of shapes of one rank, of which each is broadcast to the other or not. */
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
    // Every choice of axes of size 1 on both sides.
    for (int sides = 0; sides < 64; sides++) {
      pairs.add(new long[][] {ones(sides), ones(sides >> 3)});
    }
    return pairs;
  }

  private static long[] ones(int axes) {
    long[] shape = {2, 3, 5};
    for (int i = 0; i < shape.length; i++) {
      shape[i] = (axes >> i & 1) == 1 ? 1 : shape[i];
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

  /** Which element of an array an index of the shape that it is broadcast to stands for. */
  static int source(int index, long[] to, long[] from) {
    int place = 0;
    int rest = index;
    int stride = 1;
    for (int i = to.length - 1; i >= 0; i--) {
      int here = rest % (int) to[i];
      rest /= (int) to[i];
      place += from[i] == 1 ? 0 : here * stride;
      stride *= (int) from[i];
    }
    return place;
  }
}
