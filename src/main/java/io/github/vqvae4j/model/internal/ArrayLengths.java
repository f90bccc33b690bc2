package io.github.vqvae4j.model.internal;

import java.util.Arrays;

/** Computes array lengths and chunk boundaries for large datasets without integer overflow. */
public final class ArrayLengths {
  /** The maximum length of an array that every JVM supports. */
  public static final int MAX = Integer.MAX_VALUE - 8;

  private ArrayLengths() {}

  /**
   * Returns {@code count * size}, the length of an array.
   *
   * @param caller the caller, for the message
   * @param count the number of items
   * @param items the plural name of the items, such as images
   * @param size the number of elements per item
   * @param elements the plural name of the elements, such as values
   * @param remedy what to do if there are too many
   * @throws IllegalArgumentException if the length exceeds that of an array
   */
  public static int of(
      String caller, long count, String items, long size, String elements, String remedy) {
    if (count > 0 && size > MAX / count) {
      throw new IllegalArgumentException(
          caller
              + ": got "
              + count
              + " "
              + items
              + " of "
              + size
              + " "
              + elements
              + " each, expected at most "
              + MAX
              + " in total, the maximum length of an array; "
              + remedy
              + ".");
    }
    return (int) (count * size);
  }

  /** As {@link #of}, for the images of a dataset. */
  public static int ofImages(String caller, long count, long size, String elements) {
    return of(
        caller, count, "images", size, elements, "pass fewer at a time, with range(from, to)");
  }

  /**
   * Returns the end, exclusive, of the chunk that starts at {@code from}. The last chunk may be
   * smaller.
   */
  public static int chunkEnd(int from, int chunk, int size) {
    return from + Math.min(chunk, size - from);
  }

  /** Returns the number of chunks. */
  public static int chunks(int size, int chunk) {
    return size / chunk + (size % chunk == 0 ? 0 : 1);
  }

  /**
   * Returns the size of an array in bytes.
   *
   * @param shape the shape of the array
   * @param bytesPerElement the number of bytes per element
   */
  public static long size(int[] shape, long bytesPerElement) {
    return Arrays.stream(shape).asLongStream().reduce(bytesPerElement, (a, b) -> a * b);
  }
}
