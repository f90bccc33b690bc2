package io.github.vqvae4j.io;

import java.util.Arrays;
import java.util.Objects;

/**
 * An array in a file: its shape and its values in row-major order, on the heap. Its name is the key
 * of the map that contains it.
 *
 * <p>Values are stored exactly: parameters as {@code float}, sums that need more digits as {@code
 * double}, counters and codes as {@code int} or {@code long}. An array without dimensions is a
 * scalar.
 *
 * <pre>{@code
 * NamedArray weights = NamedArray.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
 * float[] values = weights.floats(); // not copied
 * }</pre>
 *
 * <p>Immutable by convention: arrays of values are not copied and must not be modified.
 */
public final class NamedArray {

  /** The element type; each name is also the dtype in a safetensors file. */
  public enum Type {
    /** {@code float}, 4 bytes. */
    F32(4),
    /** {@code double}, 8 bytes. */
    F64(8),
    /** {@code int}, 4 bytes. */
    I32(4),
    /** {@code long}, 8 bytes. */
    I64(8);

    private final int bytes;

    Type(int bytes) {
      this.bytes = bytes;
    }

    /**
     * Returns the size of an element.
     *
     * @return the number of bytes per element
     */
    public int bytes() {
      return bytes;
    }
  }

  /** The maximum number of dimensions, which is also ND4J's limit. */
  static final int MAX_RANK = 32;

  private final Type type;
  private final long[] shape;
  private final Object values;
  private final int length;

  private NamedArray(Type type, Object values, int length, long[] shape) {
    this.type = type;
    this.values = values;
    this.length = length;
    this.shape = shape.clone();
    checkShape(this.shape, length);
  }

  /**
   * Creates an array of {@code float}.
   *
   * @param values the values in row-major order, not copied
   * @param shape the length of each dimension; none for a scalar
   * @return the array
   * @throws IllegalArgumentException if the product of the dimensions is not the number of values
   */
  public static NamedArray of(float[] values, long... shape) {
    return new NamedArray(Type.F32, values, values.length, shape);
  }

  /**
   * Creates an array of {@code double}.
   *
   * @param values the values in row-major order, not copied
   * @param shape the length of each dimension; none for a scalar
   * @return the array
   * @throws IllegalArgumentException if the product of the dimensions is not the number of values
   */
  public static NamedArray of(double[] values, long... shape) {
    return new NamedArray(Type.F64, values, values.length, shape);
  }

  /**
   * Creates an array of {@code int}.
   *
   * @param values the values in row-major order, not copied
   * @param shape the length of each dimension; none for a scalar
   * @return the array
   * @throws IllegalArgumentException if the product of the dimensions is not the number of values
   */
  public static NamedArray of(int[] values, long... shape) {
    return new NamedArray(Type.I32, values, values.length, shape);
  }

  /**
   * Creates an array of {@code long}.
   *
   * @param values the values in row-major order, not copied
   * @param shape the length of each dimension; none for a scalar
   * @return the array
   * @throws IllegalArgumentException if the product of the dimensions is not the number of values
   */
  public static NamedArray of(long[] values, long... shape) {
    return new NamedArray(Type.I64, values, values.length, shape);
  }

  /**
   * Returns the element type.
   *
   * @return the element type
   */
  public Type type() {
    return type;
  }

  /**
   * Returns the length of each dimension.
   *
   * @return a copy of the shape
   */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * Returns the number of values, which is the product of the dimensions.
   *
   * @return the number of values
   */
  public int length() {
    return length;
  }

  /**
   * Returns the values of an F32 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array has a different type
   */
  public float[] floats() {
    return (float[]) values(Type.F32);
  }

  /**
   * Returns the values of an F64 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array has a different type
   */
  public double[] doubles() {
    return (double[]) values(Type.F64);
  }

  /**
   * Returns the values of an I32 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array has a different type
   */
  public int[] ints() {
    return (int[]) values(Type.I32);
  }

  /**
   * Returns the values of an I64 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array has a different type
   */
  public long[] longs() {
    return (long[]) values(Type.I64);
  }

  private Object values(Type expected) {
    if (type != expected) {
      throw new IllegalStateException(
          "expected an array of " + expected + ", got " + this + "; call the method for its type");
    }
    return values;
  }

  private static void checkShape(long[] shape, int length) {
    long product = 1;
    boolean valid = shape.length <= MAX_RANK;
    for (long dimension : shape) {
      valid &= dimension >= 0;
      // The exact product does not matter beyond the maximum array length, and must not overflow.
      product = clamp(product) * clamp(dimension);
    }
    if (!valid || product != length) {
      throw new IllegalArgumentException(
          "expected a shape of "
              + length
              + " values, got "
              + Arrays.toString(shape)
              + "; use at most "
              + MAX_RANK
              + " dimensions of at least 0, whose product is the number of values");
    }
  }

  private static long clamp(long factor) {
    return Math.min(factor, 1L << 31);
  }

  /**
   * Returns whether the other object is an array of the same type, shape and values. Values are
   * compared bit for bit, except that all NaN values are equal.
   *
   * @param other another object
   * @return whether the arrays are equal
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof NamedArray that
        && type == that.type
        && Arrays.equals(shape, that.shape)
        && Objects.deepEquals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * type.hashCode() + Arrays.deepHashCode(new Object[] {shape, values});
  }

  /** Returns the type and the shape: {@code F32[512, 64]}. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
