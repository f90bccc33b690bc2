package io.github.vqvae4j.tensor;

import java.util.Arrays;

/** Arithmetic on shapes, with the errors that go with it. */
final class Shape {
  private Shape() {}

  /** The number of elements; there must be a dimension, and each must be at least 1. */
  static long size(long... shape) {
    if (shape.length == 0) {
      throw new IllegalArgumentException(
          "Expected a shape of one dimension or more, got []: the shape of a scalar is [1].");
    }
    long size = 1;
    for (long d : shape) {
      if (d < 1) {
        throw new IllegalArgumentException(
            "Every dimension must be at least 1, got shape " + Arrays.toString(shape) + ".");
      }
      size = Math.multiplyExact(size, d);
    }
    return size;
  }

  /** The shape two operands broadcast to: aligned at the last axis, sizes equal or 1. */
  static long[] broadcast(String operation, long[] a, long[] b) {
    if (!fit(a, b)) {
      throw new IllegalArgumentException(
          operation
              + ": shapes "
              + Arrays.toString(a)
              + " and "
              + Arrays.toString(b)
              + " do not fit together: aligned at the last axis, sizes must be equal or 1.");
    }
    int rank = Math.max(a.length, b.length);
    long[] result = new long[rank];
    for (int i = 1; i <= rank; i++) {
      long da = i <= a.length ? a[a.length - i] : 1;
      long db = i <= b.length ? b[b.length - i] : 1;
      result[rank - i] = Math.max(da, db);
    }
    return result;
  }

  /** Whether two shapes broadcast. */
  static boolean fit(long[] a, long[] b) {
    boolean fits = true;
    for (int i = 1; i <= Math.min(a.length, b.length); i++) {
      long da = a[a.length - i];
      long db = b[b.length - i];
      fits = fits && (da == db || da == 1 || db == 1);
    }
    return fits;
  }

  /** Refuses two shapes that are not the same. */
  static void checkEqual(String operation, long[] a, long[] b) {
    if (!Arrays.equals(a, b)) {
      throw new IllegalArgumentException(
          operation
              + ": expected equal shapes, got "
              + Arrays.toString(a)
              + " and "
              + Arrays.toString(b)
              + ".");
    }
  }

  /** The shape padded with ones in front up to a rank. */
  static long[] padded(long[] shape, int rank) {
    long[] result = new long[rank];
    Arrays.fill(result, 1);
    System.arraycopy(shape, 0, result, rank - shape.length, shape.length);
    return result;
  }

  /** Axes made non-negative and checked; none means all. */
  static int[] axes(String operation, long[] shape, int... axes) {
    int[] result = new int[axes.length == 0 ? shape.length : axes.length];
    boolean[] seen = new boolean[shape.length];
    for (int i = 0; i < result.length; i++) {
      int axis = axes.length == 0 ? i : axes[i];
      int index = axis < 0 ? axis + shape.length : axis;
      if (index < 0 || index >= shape.length || seen[index]) {
        throw new IllegalArgumentException(
            operation
                + ": expected distinct axes from "
                + -shape.length
                + " to "
                + (shape.length - 1)
                + " for shape "
                + Arrays.toString(shape)
                + ", got "
                + Arrays.toString(axes)
                + ".");
      }
      seen[index] = true;
      result[i] = index;
    }
    return result;
  }

  /** The shape with the given axes set to 1. */
  static long[] reduced(long[] shape, int[] axes) {
    long[] result = shape.clone();
    for (int axis : axes) {
      result[axis] = 1;
    }
    return result;
  }

  /** The shape without the given axes; [1] if none is left. */
  static long[] without(long[] shape, int[] axes) {
    boolean[] drop = new boolean[shape.length];
    for (int axis : axes) {
      drop[axis] = true;
    }
    long[] kept = new long[shape.length - axes.length];
    int n = 0;
    for (int i = 0; i < shape.length; i++) {
      if (!drop[i]) {
        kept[n++] = shape[i];
      }
    }
    return n == 0 ? new long[] {1} : kept;
  }
}
