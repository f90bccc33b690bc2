package io.github.vqvae4j.data.image;

/**
 * The pixels of one image, row by row.
 *
 * @param <E> the exception thrown if a row cannot be read
 */
interface PixelRows<E extends Exception> {
  int height();

  int width();

  int channels();

  /** Copies row {@code y} to {@code target} at {@code offset}: [width, channels], 0 to 1. */
  void read(int y, float[] target, int offset) throws E;
}
