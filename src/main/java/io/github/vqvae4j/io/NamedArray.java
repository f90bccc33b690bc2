package io.github.vqvae4j.io;

import java.util.Arrays;
import java.util.Objects;

/**
 * An array under a name in a file: its shape and its values on the heap, row-major. The name is the
 * key of the map that holds it.
 *
 * <p>Each element type keeps its values exactly: parameters are {@code float}, sums that must not
 * lose digits {@code double}, counters and codes {@code int} or {@code long}. A shape of no
 * dimensions is a single number.
 *
 * <p>Immutable by convention: the value arrays are neither copied in nor copied out, and must not
 * be changed.
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
     * The size of one element.
     *
     * @return bytes an element
     */
    public int bytes() {
      return bytes;
    }
  }

  /** As many dimensions as an array can have, which is also ND4J's limit. */
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
   * An array of {@code float}.
   *
   * @param values the values, row-major, not copied
   * @param shape the length of each dimension; none for a single number
   * @return the array
   * @throws IllegalArgumentException if the shape's product is not the number of values
   */
  public static NamedArray of(float[] values, long... shape) {
    return new NamedArray(Type.F32, values, values.length, shape);
  }

  /**
   * An array of {@code double}.
   *
   * @param values the values, row-major, not copied
   * @param shape the length of each dimension; none for a single number
   * @return the array
   * @throws IllegalArgumentException if the shape's product is not the number of values
   */
  public static NamedArray of(double[] values, long... shape) {
    return new NamedArray(Type.F64, values, values.length, shape);
  }

  /**
   * An array of {@code int}.
   *
   * @param values the values, row-major, not copied
   * @param shape the length of each dimension; none for a single number
   * @return the array
   * @throws IllegalArgumentException if the shape's product is not the number of values
   */
  public static NamedArray of(int[] values, long... shape) {
    return new NamedArray(Type.I32, values, values.length, shape);
  }

  /**
   * An array of {@code long}.
   *
   * @param values the values, row-major, not copied
   * @param shape the length of each dimension; none for a single number
   * @return the array
   * @throws IllegalArgumentException if the shape's product is not the number of values
   */
  public static NamedArray of(long[] values, long... shape) {
    return new NamedArray(Type.I64, values, values.length, shape);
  }

  /**
   * The element type.
   *
   * @return the type
   */
  public Type type() {
    return type;
  }

  /**
   * The length of each dimension.
   *
   * @return a copy of the shape
   */
  public long[] shape() {
    return shape.clone();
  }

  /**
   * The number of values, which is the product of the shape.
   *
   * @return the number of values
   */
  public int length() {
    return length;
  }

  /**
   * The values of an F32 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array is of another type
   */
  public float[] floats() {
    return (float[]) values(Type.F32);
  }

  /**
   * The values of an F64 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array is of another type
   */
  public double[] doubles() {
    return (double[]) values(Type.F64);
  }

  /**
   * The values of an I32 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array is of another type
   */
  public int[] ints() {
    return (int[]) values(Type.I32);
  }

  /**
   * The values of an I64 array.
   *
   * @return the values, not copied
   * @throws IllegalStateException if the array is of another type
   */
  public long[] longs() {
    return (long[]) values(Type.I64);
  }

  private Object values(Type wanted) {
    if (type != wanted) {
      throw new IllegalStateException(
          "expected an array of " + wanted + ", got " + this + "; ask for the values of its type");
    }
    return values;
  }

  private static void checkShape(long[] shape, int length) {
    long product = 1;
    boolean valid = shape.length <= MAX_RANK;
    for (long dimension : shape) {
      valid &= dimension >= 0;
      // Past the largest array the exact product does not matter, and must not overflow.
      product = clamp(product) * clamp(dimension);
    }
    if (!valid || product != length) {
      throw new IllegalArgumentException(
          "expected a shape of "
              + length
              + " values, got "
              + Arrays.toString(shape)
              + "; each dimension must be 0 or more, their product the number of values, and there"
              + " may be at most "
              + MAX_RANK
              + " of them");
    }
  }

  private static long clamp(long factor) {
    return Math.min(factor, 1L << 31);
  }

  /**
   * Equal type, shape and values, bit for bit but for NaN, which equals NaN.
   *
   * @param other another object
   * @return whether it is an equal array
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

  /** The type and the shape: {@code F32[512, 64]}. */
  @Override
  public String toString() {
    return type + Arrays.toString(shape);
  }
}
