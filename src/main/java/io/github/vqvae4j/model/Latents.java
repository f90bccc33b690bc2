package io.github.vqvae4j.model;

import io.github.vqvae4j.model.internal.ArrayLengths;
import java.util.Arrays;

/**
 * Latent vectors or maps of vectors, the output of an encoder, as an immutable value on the heap:
 * [count, D] or [count, height, width, D].
 *
 * <p>Latents support arithmetic. For example, the mean difference between images with and without
 * an attribute can be added to the latent of another image:
 *
 * <pre>{@code
 * Latents glasses =
 *     autoencoder.encode(withGlasses).mean().minus(autoencoder.encode(withoutGlasses).mean());
 * Images results = autoencoder.decode(autoencoder.encode(images).plus(glasses));
 * }</pre>
 */
public final class Latents {
  private final float[] values;
  private final int[] shape;

  /** Wraps arrays without copying them. */
  private Latents(float[] values, int[] shape) {
    this.values = values;
    this.shape = shape;
    long size = 1;
    for (int d : shape) {
      size =
          Math.min(size, Integer.MAX_VALUE) * Math.max(d, 0); // Saturates instead of overflowing.
    }
    if (shape.length < 2 || size < 1 || size != values.length) {
      throw new IllegalArgumentException(
          "Latents: expected a shape [count, .., D] with sizes of at least 1 and a matching number"
              + " of values, got shape "
              + Arrays.toString(shape)
              + " and "
              + values.length
              + " values.");
    }
  }

  /**
   * Creates latents from an array.
   *
   * @param values the values in row-major order; copied
   * @param shape [count, .., D]
   * @return the latents
   * @throws IllegalArgumentException if the number of values does not match the shape
   */
  public static Latents of(float[] values, int... shape) {
    return new Latents(values.clone(), shape.clone());
  }

  /**
   * Interpolates linearly between two latents, including both endpoints.
   *
   * @param from the first latent
   * @param to the second latent, of the same shape
   * @param count the number of latents to return, at least 2
   * @return the latents, equally spaced
   * @throws IllegalArgumentException if {@code from} or {@code to} is not a single latent, their
   *     shapes differ, or the count is below 2
   */
  public static Latents interpolate(Latents from, Latents to, int count) {
    if (from.count() != 1 || !Arrays.equals(from.shape, to.shape) || count < 2) {
      throw new IllegalArgumentException(
          "Latents.interpolate: expected two single latents of the same shape and a count of at least"
              + " 2, got "
              + from
              + ", "
              + to
              + " and a count of "
              + count
              + ". Select a single latent with range(i, i + 1).");
    }
    int size = from.values.length;
    float[] points =
        new float
            [ArrayLengths.of(
                "Latents.interpolate", count, "latents", size, "values", "use a smaller count")];
    for (int i = 0; i < points.length; i++) {
      float fraction = (float) (i / size) / (count - 1);
      points[i] = (1 - fraction) * from.values[i % size] + fraction * to.values[i % size];
    }
    return new Latents(points, from.shapeFor(count));
  }

  /**
   * Returns the number of latents.
   *
   * @return the first dimension of the shape
   */
  public int count() {
    return shape[0];
  }

  /**
   * Returns a copy of the shape.
   *
   * @return [count, .., D]
   */
  public int[] shape() {
    return shape.clone();
  }

  /**
   * Returns a copy of the values.
   *
   * @return the values in row-major order
   */
  public float[] values() {
    return values.clone();
  }

  /**
   * Returns a range of the latents.
   *
   * @param from the index of the first latent
   * @param to the index after the last latent
   * @return the latents from {@code from} to {@code to - 1}
   * @throws IllegalArgumentException unless {@code 0 <= from < to <= count()}
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
    int size = values.length / count();
    return new Latents(Arrays.copyOfRange(values, from * size, to * size), shapeFor(to - from));
  }

  /**
   * Returns the mean of all latents, summed in double precision.
   *
   * @return a single latent
   */
  public Latents mean() {
    int size = values.length / count();
    float[] mean = new float[size];
    for (int i = 0; i < size; i++) {
      double sum = 0;
      for (int j = i; j < values.length; j += size) {
        sum += values[j];
      }
      mean[i] = (float) (sum / count());
    }
    return new Latents(mean, shapeFor(1));
  }

  /**
   * Adds latents element by element.
   *
   * @param other the same number of latents, or a single one, which is added to each
   * @return this + other
   * @throws IllegalArgumentException unless the shapes are equal or {@code other} is a single
   *     latent of the same shape
   */
  public Latents plus(Latents other) {
    return combine("plus", other, 1);
  }

  /**
   * Subtracts latents element by element.
   *
   * @param other the same number of latents, or a single one, which is subtracted from each
   * @return this - other
   * @throws IllegalArgumentException unless the shapes are equal or {@code other} is a single
   *     latent of the same shape
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
              + " or a single latent of that shape, got "
              + other
              + ". Select a single latent with range(i, i + 1), or take the mean().");
    }
    float[] results = values.clone();
    for (int i = 0; i < results.length; i++) {
      results[i] += sign * other.values[i % other.values.length];
    }
    return new Latents(results, shape);
  }

  /**
   * Multiplies all values by a factor.
   *
   * @param factor the factor
   * @return this * factor
   */
  public Latents times(double factor) {
    float[] results = values.clone();
    for (int i = 0; i < results.length; i++) {
      results[i] = (float) (results[i] * factor);
    }
    return new Latents(results, shape);
  }

  private int[] shapeFor(int count) {
    int[] result = shape.clone();
    result[0] = count;
    return result;
  }

  /** Creates latents like {@link #of}, without copying the arrays. */
  static Latents wrap(float[] values, int[] shape) {
    return new Latents(values, shape);
  }

  /**
   * Returns whether another object is a {@code Latents} with equal shape and values.
   *
   * @param other the object to compare with
   * @return whether shape and values are equal
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

  /** Returns the shape, such as {@code Latents[8, 20]}. */
  @Override
  public String toString() {
    return "Latents" + Arrays.toString(shape);
  }
}
