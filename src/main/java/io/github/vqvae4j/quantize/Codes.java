package io.github.vqvae4j.quantize;

import java.util.Arrays;

/**
 * Codes of a batch of images (or of anything else), on the heap: integers from 0 to K - 1 in the
 * shape in which the encoder gave its vectors, [batch, height, width] for images.
 */
public final class Codes {
  private final int[] values;
  private final int codebookSize;
  private final int[] shape;

  private Codes(int[] values, int codebookSize, int[] shape) {
    this.values = values;
    this.codebookSize = codebookSize;
    this.shape = shape;
  }

  /**
   * Codes from numbers.
   *
   * @param values row by row, the last axis fastest
   * @param codebookSize K
   * @param shape of which the first is the batch
   * @return the codes
   * @throws IllegalArgumentException if the shape does not hold the values, or one is not from 0 to
   *     K - 1
   */
  public static Codes of(int[] values, int codebookSize, int... shape) {
    long size = 1;
    for (int d : shape) {
      // No further than there are values, so that no product overflows.
      size = d < 1 || size > values.length ? 0 : size * d;
    }
    if (shape.length < 2 || size != values.length || size == 0) {
      throw new IllegalArgumentException(
          "Codes: expected a shape such as [batch, height, width] of as many elements as there are"
              + " values, got shape "
              + Arrays.toString(shape)
              + " and "
              + values.length
              + " values.");
    }
    for (int i = 0; i < values.length; i++) {
      if (values[i] < 0 || values[i] >= codebookSize) {
        throw new IllegalArgumentException(
            "Codes: expected codes from 0 to "
                + (codebookSize - 1)
                + " (the codebook has "
                + codebookSize
                + "), got "
                + values[i]
                + " at position "
                + i
                + ". Were they made with another model?");
      }
    }
    return new Codes(values.clone(), codebookSize, shape.clone());
  }

  /**
   * The numbers.
   *
   * @return row by row, a copy
   */
  public int[] values() {
    return values.clone();
  }

  /**
   * The shape.
   *
   * @return [batch, height, width] for images, a copy
   */
  public int[] shape() {
    return shape.clone();
  }

  /**
   * The size of the codebook they belong to.
   *
   * @return K
   */
  public int codebookSize() {
    return codebookSize;
  }

  /**
   * How many images (or other things) they are of.
   *
   * @return the first of the shape
   */
  public int count() {
    return shape[0];
  }

  /**
   * Some of the images' codes.
   *
   * @param from the first
   * @param to the one after the last
   * @return their codes
   */
  public Codes range(int from, int to) {
    if (from < 0 || to <= from || to > shape[0]) {
      throw new IllegalArgumentException(
          "Codes.range: expected 0 <= from < to <= "
              + shape[0]
              + ", got "
              + from
              + " and "
              + to
              + ".");
    }
    int each = values.length / shape[0];
    int[] part = shape.clone();
    part[0] = to - from;
    return new Codes(Arrays.copyOfRange(values, from * each, to * each), codebookSize, part);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Codes codes
        && codebookSize == codes.codebookSize
        && Arrays.equals(shape, codes.shape)
        && Arrays.equals(values, codes.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(shape) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "Codes" + Arrays.toString(shape) + " of a codebook of " + codebookSize;
  }
}
