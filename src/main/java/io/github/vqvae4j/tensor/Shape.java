package io.github.vqvae4j.tensor;

import java.util.Arrays;

/** Computations on shapes, with error messages. */
final class Shape {
  private Shape() {}

  /** Returns the number of elements of a valid shape. */
  static long size(long... shape) {
    long size = 1;
    for (long d : shape) {
      size = Math.multiplyExact(size, d);
    }
    return size;
  }

  /**
   * Returns the number of elements, after checking that there is at least one axis and all sizes
   * are positive.
   *
   * @param source the beginning of an error message, such as {@code Step.tensor}
   */
  static long checkedSize(String source, long... shape) {
    if (shape.length == 0) {
      throw new IllegalArgumentException(
          source
              + ": expected a shape of at least one dimension, got []: the shape of a scalar is"
              + " [1].");
    }
    for (long d : shape) {
      if (d < 1) {
        throw new IllegalArgumentException(
            source
                + ": expected dimensions of at least 1, got shape "
                + Arrays.toString(shape)
                + ".");
      }
    }
    return size(shape);
  }

  /**
   * Returns the broadcast shape of two operands: aligned at the last axis, sizes must be equal or
   * 1.
   */
  static long[] broadcast(String operation, long[] a, long[] b) {
    if (!broadcasts(a, b)) {
      throw new IllegalArgumentException(
          operation
              + ": shapes "
              + Arrays.toString(a)
              + " and "
              + Arrays.toString(b)
              + " cannot be broadcast: aligned at the last axis, sizes must be equal or 1.");
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

  /** Returns whether two shapes can be broadcast. */
  static boolean broadcasts(long[] a, long[] b) {
    boolean fits = true;
    for (int i = 1; i <= Math.min(a.length, b.length); i++) {
      long da = a[a.length - i];
      long db = b[b.length - i];
      fits = fits && (da == db || da == 1 || db == 1);
    }
    return fits;
  }

  /** Throws unless two shapes are equal. */
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

  /** Returns the shape with ones prepended up to a rank. */
  static long[] padded(long[] shape, int rank) {
    long[] result = new long[rank];
    Arrays.fill(result, 1);
    System.arraycopy(shape, 0, result, rank - shape.length, shape.length);
    return result;
  }

  /** Returns non-negative, checked axes; all axes if none are given. */
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

  /** Returns the shape with the given axes set to 1. */
  static long[] reduced(long[] shape, int[] axes) {
    long[] result = shape.clone();
    for (int axis : axes) {
      result[axis] = 1;
    }
    return result;
  }

  /** Returns the shape without the given axes; [1] if none remains. */
  static long[] without(long[] shape, int[] axes) {
    boolean[] removed = new boolean[shape.length];
    for (int axis : axes) {
      removed[axis] = true;
    }
    long[] remaining = new long[shape.length - axes.length];
    int n = 0;
    for (int i = 0; i < shape.length; i++) {
      if (!removed[i]) {
        remaining[n++] = shape[i];
      }
    }
    return n == 0 ? new long[] {1} : remaining;
  }
}
