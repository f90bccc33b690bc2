package io.github.vqvae4j.model;

import java.util.Arrays;

/**
 * Latent vectors or maps of vectors, as an immutable value on the heap: what an encoder makes of
 * images, [count, D] or [count, height, width, D].
 *
 * <p>They can be calculated with. What images with a property have in their latents more than those
 * without, added to another image's, gives it the property:
 *
 * <pre>{@code
 * Latents glasses = model.encode(with).mean().minus(model.encode(without).mean());
 * Images result = model.decode(model.encode(other).plus(glasses));
 * }</pre>
 */
public final class Latents {
  private final float[] values;
  private final int[] shape;

  /** Takes the arrays as its own. */
  private Latents(float[] values, int[] shape) {
    this.values = values;
    this.shape = shape;
    long size = 1;
    for (int d : shape) {
      size = Math.min(size, Integer.MAX_VALUE) * Math.max(d, 0); // once too large it stays so
    }
    if (shape.length < 2 || size < 1 || size != values.length) {
      throw new IllegalArgumentException(
          "Latents: expected a shape [count, .., D] of sizes of at least 1 and as many values, got"
              + " shape "
              + Arrays.toString(shape)
              + " and "
              + values.length
              + " values.");
    }
  }

  /**
   * Latents from an array.
   *
   * @param values row by row; copied
   * @param shape [count, .., D]
   * @return the latents
   * @throws IllegalArgumentException if the shape does not hold so many values
   */
  public static Latents of(float[] values, int... shape) {
    return new Latents(values.clone(), shape.clone());
  }

  /**
   * The straight line from one latent to another, both ends included.
   *
   * @param from one latent
   * @param to another of the same shape
   * @param count how many points, at least 2
   * @return the points, equally spaced
   * @throws IllegalArgumentException if either is not one latent, their shapes differ, or the count
   *     is below 2
   */
  public static Latents between(Latents from, Latents to, int count) {
    if (from.count() != 1 || !Arrays.equals(from.shape, to.shape) || count < 2) {
      throw new IllegalArgumentException(
          "Latents.between: expected two single latents of one shape and a count of at least 2, got "
              + from
              + ", "
              + to
              + " and "
              + count
              + ". Take one of several with range(i, i + 1).");
    }
    int each = from.values.length;
    float[] points =
        new float
            [Lengths.of(
                "Latents.between", count, "latents", each, "numbers", "give a lower count")];
    for (int i = 0; i < points.length; i++) {
      float share = (float) (i / each) / (count - 1);
      points[i] = (1 - share) * from.values[i % each] + share * to.values[i % each];
    }
    return new Latents(points, from.shapeFor(count));
  }

  /**
   * How many latents these are.
   *
   * @return the first number of the shape
   */
  public int count() {
    return shape[0];
  }

  /**
   * The shape.
   *
   * @return [count, .., D], a copy
   */
  public int[] shape() {
    return shape.clone();
  }

  /**
   * The numbers.
   *
   * @return row by row, a copy
   */
  public float[] values() {
    return values.clone();
  }

  /**
   * Some of the latents.
   *
   * @param from the first
   * @param to one past the last
   * @return those
   * @throws IllegalArgumentException if not {@code 0 <= from < to <= count()}
   */
  public Latents range(int from, int to) {
    if (from < 0 || from >= to || to > count()) {
      throw new IllegalArgumentException(
          "Latents.range: expected 0 <= from < to <= "
              + count()
              + ", got from "
              + from
              + " and to "
              + to
              + ".");
    }
    int each = values.length / count();
    return new Latents(Arrays.copyOfRange(values, from * each, to * each), shapeFor(to - from));
  }

  /**
   * The mean of all of them, summed in double.
   *
   * @return one latent
   */
  public Latents mean() {
    int each = values.length / count();
    float[] mean = new float[each];
    for (int i = 0; i < each; i++) {
      double sum = 0;
      for (int j = i; j < values.length; j += each) {
        sum += values[j];
      }
      mean[i] = (float) (sum / count());
    }
    return new Latents(mean, shapeFor(1));
  }

  /**
   * Sums.
   *
   * @param other as many, or one, which is added to each
   * @return these + other
   * @throws IllegalArgumentException if their shapes differ otherwise than in a count of 1
   */
  public Latents plus(Latents other) {
    return combine("plus", other, 1);
  }

  /**
   * Differences.
   *
   * @param other as many, or one, which is taken from each
   * @return these - other
   * @throws IllegalArgumentException if their shapes differ otherwise than in a count of 1
   */
  public Latents minus(Latents other) {
    return combine("minus", other, -1);
  }

  private Latents combine(String operation, Latents other, int sign) {
    if (!Arrays.equals(other.shape, shape) && !Arrays.equals(other.shape, shapeFor(1))) {
      throw new IllegalArgumentException(
          "Latents."
              + operation
              + ": expected "
              + this
              + " or one such latent, got "
              + other
              + ". Take one of several with range(i, i + 1), or their mean().");
    }
    float[] results = values.clone();
    for (int i = 0; i < results.length; i++) {
      results[i] += sign * other.values[i % other.values.length];
    }
    return new Latents(results, shape);
  }

  /**
   * Products with a number.
   *
   * @param factor of each number
   * @return these * factor
   */
  public Latents times(double factor) {
    float[] results = values.clone();
    for (int i = 0; i < results.length; i++) {
      results[i] = (float) (results[i] * factor);
    }
    return new Latents(results, shape);
  }

  private int[] shapeFor(int count) {
    int[] other = shape.clone();
    other[0] = count;
    return other;
  }

  /** As {@link #of}, without the copies. */
  static Latents taking(float[] values, int[] shape) {
    return new Latents(values, shape);
  }

  /**
   * Equal shape and equal numbers.
   *
   * @param other another object
   * @return whether it is equal latents
   */
  @Override
  public boolean equals(Object other) {
    return other instanceof Latents that
        && Arrays.equals(shape, that.shape)
        && Arrays.equals(values, that.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  /** The shape: {@code Latents[8, 20]}. */
  @Override
  public String toString() {
    return "Latents" + Arrays.toString(shape);
  }
}
