package io.github.vqvae4j.tensor;

/**
 * A multi-dimensional array on the heap, for reference implementations that do not use the library.
 */
record NdArray(double[] values, long... shape) {
  /** Computes the value at an index. */
  @FunctionalInterface
  interface Formula {
    double at(long... index);
  }

  /** Visits the indices of a shape. */
  @FunctionalInterface
  interface Visitor {
    void visit(long... index);
  }

  static NdArray zeros(long... shape) {
    return new NdArray(new double[(int) size(shape)], shape);
  }

  static NdArray filled(long[] shape, Formula formula) {
    NdArray result = zeros(shape);
    forEachIndex(shape, index -> result.values[result.offset(index)] = formula.at(index));
    return result;
  }

  /** Visits all indices in row-major order. */
  static void forEachIndex(long[] shape, Visitor visitor) {
    long[] index = new long[shape.length];
    for (long left = size(shape); left > 0; left--) {
      visitor.visit(index);
      int axis = shape.length - 1;
      while (axis >= 0 && ++index[axis] == shape[axis]) {
        index[axis--] = 0;
      }
    }
  }

  static long size(long... shape) {
    long size = 1;
    for (long d : shape) {
      size *= d;
    }
    return size;
  }

  double at(long... index) {
    return values[offset(index)];
  }

  void add(double value, long... index) {
    values[offset(index)] += value;
  }

  /** Returns the value at an index after broadcasting to a shape of at least this rank. */
  double broadcastAt(long... index) {
    long[] own = new long[shape.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = shape[i] == 1 ? 0 : index[index.length - own.length + i];
    }
    return at(own);
  }

  private int offset(long... index) {
    int offset = 0;
    for (int i = 0; i < shape.length; i++) {
      offset = offset * (int) shape[i] + (int) index[i];
    }
    return offset;
  }
}
