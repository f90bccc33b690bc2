package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.Pointer;

/**
 * Extracts the image patches covered by a convolution's kernel into matrix rows (im2col), and adds
 * patches back to the image (col2im). For images [batch, height, width, in] there is one patch
 * [kernel height * kernel width * in] per result pixel, padded with zeros beyond the image border.
 *
 * <p>Patches are extracted for a block of result rows at a time, which fits into the cache and is
 * processed by one thread.
 */
final class Im2Col {
  /** The maximum size of a block in bytes, unless a single row needs more. */
  private static final long BLOCK = 1L << 20;

  /**
   * Visits one row of a patch, or one pixel if the kernel is dilated, given its offset in the block
   * of patches, the offset in the image of its part inside the image, and the numbers of its
   * elements before, inside and after the image.
   */
  @FunctionalInterface
  private interface Run {
    void visit(int patch, int image, int before, int inside, int after);
  }

  private final DType dtype;
  private final ConvOptions options;
  private final int height;
  private final int width;
  private final int in;
  private final int kernelHeight;
  private final int kernelWidth;
  private final int resultHeight;
  private final int resultWidth;
  private final int rowsPerBlock;

  /**
   * Creates the patch extraction of one convolution.
   *
   * @param dtype the data type
   * @param image the shape of the images
   * @param weight the shape of the weights, [kernel height, kernel width, in / groups, out]
   * @param result the shape of the results
   */
  Im2Col(DType dtype, long[] image, long[] weight, long[] result, ConvOptions options) {
    this.dtype = dtype;
    this.options = options;
    height = Math.toIntExact(image[1]);
    width = Math.toIntExact(image[2]);
    in = Math.toIntExact(image[3]);
    kernelHeight = Math.toIntExact(weight[0]);
    kernelWidth = Math.toIntExact(weight[1]);
    resultHeight = Math.toIntExact(result[1]);
    resultWidth = Math.toIntExact(result[2]);
    long patchBytes = bytesPerRow(resultWidth, patchSize());
    long imageBytes = bytesPerRow(options.height().stride() * (long) width, in);
    rowsPerBlock =
        isIdentity()
            ? Integer.MAX_VALUE
            : (int) Math.max(1, BLOCK / Math.max(patchBytes, imageBytes));
  }

  /**
   * Returns whether each patch is a single pixel, in order, so that the image itself is the matrix.
   */
  boolean isIdentity() {
    return kernelHeight == 1 && kernelWidth == 1 && options.equals(ConvOptions.of(1, 0));
  }

  /** Returns the number of elements in a patch. */
  int patchSize() {
    return Math.multiplyExact(Math.multiplyExact(kernelHeight, kernelWidth), in);
  }

  /**
   * Returns the size of a row in bytes, which must fit an int because ByteBuffers index with ints.
   */
  private long bytesPerRow(long pixels, long values) {
    long bytes = pixels * values * dtype.bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Convolution: expected at most 2^31 - 1 bytes for the patches of an image row, got "
              + bytes
              + " for a width of "
              + pixels
              + " and "
              + values
              + " values per pixel. Crop the images or split the series.");
    }
    return bytes;
  }

  /** Returns the maximum number of result rows in a block. */
  int rowsPerBlock() {
    return rowsPerBlock;
  }

  /**
   * Returns memory for the patches of result rows, with undefined contents, valid until the next
   * call on this thread.
   */
  Pointer scratch(int rows) {
    return ScratchBuffer.FIRST.get(dtype, (long) rows * resultWidth * patchSize());
  }

  /**
   * Returns the patches of result rows, counted over all images. Valid until the next call on this
   * thread.
   */
  Pointer extract(Pointer image, int row, int rows) {
    if (isIdentity()) {
      return image.getPointer(origin(row));
    }
    Pointer patches = scratch(rows);
    ByteBuffer target = patches.asByteBuffer();
    ByteBuffer source = image.getPointer(origin(row)).asByteBuffer();
    byte[] zeros = new byte[kernelWidth * in * dtype.bytes()];
    forEachRun(
        row,
        rows,
        (patch, at, before, inside, after) -> {
          if (before > 0) {
            target.put(bytes(patch), zeros, 0, bytes(before));
          }
          if (inside > 0) {
            target.put(bytes(patch + before), source, bytes(at), bytes(inside));
          }
          if (after > 0) {
            target.put(bytes(patch + before + inside), zeros, 0, bytes(after));
          }
        });
    return patches;
  }

  /** Adds the patches of result rows to the image. */
  void addTo(Pointer image, int row, int rows, Pointer patches, Blas blas) {
    Pointer source = patches.getPointer(0);
    Pointer target = image.getPointer(origin(row));
    forEachRun(
        row,
        rows,
        (patch, at, before, inside, after) -> {
          if (inside > 0) {
            blas.add(inside, source.position(patch + before), target.position(at));
          }
        });
  }

  private int bytes(int values) {
    return values * dtype.bytes();
  }

  /** Returns the first image row, counted over all images, covered by the patches of a block. */
  private long firstImageRow(int row) {
    int top = row % resultHeight * options.height().stride() - options.height().before();
    return (long) (row / resultHeight) * height + clamp(top, height);
  }

  private long origin(int row) {
    return firstImageRow(row) * width * in;
  }

  private void forEachRun(int firstRow, int rows, Run run) {
    long origin = firstImageRow(firstRow);
    int pixelsPerRun = options.width().dilation() == 1 ? kernelWidth : 1;
    int length = pixelsPerRun * in;
    int patch = 0;
    for (int resultRow = firstRow; resultRow < firstRow + rows; resultRow++) {
      int top = resultRow % resultHeight * options.height().stride() - options.height().before();
      long topRow = (long) (resultRow / resultHeight) * height + top - origin;
      for (int column = 0; column < resultWidth; column++) {
        for (int row = 0;
            row < kernelHeight * options.height().dilation();
            row += options.height().dilation()) {
          int left = column * options.width().stride() - options.width().before();
          for (int pixel = 0; pixel < kernelWidth; pixel += pixelsPerRun) {
            int before = clamp(-left, pixelsPerRun);
            int after = clamp(left + pixelsPerRun - width, pixelsPerRun - before);
            int inside = (pixelsPerRun - before - after) * in;
            if (top + row < 0 || top + row >= height) {
              run.visit(patch, 0, length, 0, 0);
            } else {
              int image = Math.toIntExact(((topRow + row) * width + left + before) * in);
              run.visit(patch, image, before * in, inside, after * in);
            }
            patch += length;
            left += options.width().dilation();
          }
        }
      }
    }
  }

  private static int clamp(int value, int max) {
    return Math.max(0, Math.min(value, max));
  }
}
