package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.DType;
import java.nio.ByteBuffer;
import org.bytedeco.javacpp.Pointer;

/**
 * The parts of images [batch, height, width, in] that a convolution's kernel covers, laid into rows
 * (im2col): one patch [kernel height * kernel width * in] for each pixel of the result, 0 where it
 * reaches over the edge. And back (col2im): patches added up where they overlap.
 *
 * <p>They are made for a block of lines of the result at a time, which stays in the cache, and
 * which one thread works on from beginning to end.
 */
final class Patches {
  /** Bytes of a block, unless a single line needs more. */
  private static final long BLOCK = 1L << 20;

  /**
   * One line of one patch, or one pixel of it where the kernel is dilated: where it begins in the
   * block of patches, where its part within the image begins in the image, and how many numbers lie
   * before, in and after the image.
   */
  @FunctionalInterface
  private interface Run {
    void visit(int patch, int image, int before, int inside, int after);
  }

  private final DType dtype;
  private final ConvOptions window;
  private final int height;
  private final int width;
  private final int in;
  private final int kernelHeight;
  private final int kernelWidth;
  private final int resultHeight;
  private final int resultWidth;
  private final int linesPerBlock;

  /**
   * The patches of one convolution.
   *
   * @param image shape of its images
   * @param weight shape of its weights, [kernel height, kernel width, in / groups, out]
   * @param result shape of its results
   */
  Patches(DType dtype, long[] image, long[] weight, long[] result, ConvOptions window) {
    this.dtype = dtype;
    this.window = window;
    height = Math.toIntExact(image[1]);
    width = Math.toIntExact(image[2]);
    in = Math.toIntExact(image[3]);
    kernelHeight = Math.toIntExact(weight[0]);
    kernelWidth = Math.toIntExact(weight[1]);
    resultHeight = Math.toIntExact(result[1]);
    resultWidth = Math.toIntExact(result[2]);
    long patchBytes = bytesOfLine(resultWidth, size());
    long imageBytes = bytesOfLine(window.height().stride() * (long) width, in);
    linesPerBlock =
        areTheImage()
            ? Integer.MAX_VALUE
            : (int) Math.max(1, BLOCK / Math.max(patchBytes, imageBytes));
  }

  /** Whether each patch is just a pixel, in order: then none need be made. */
  boolean areTheImage() {
    return kernelHeight == 1 && kernelWidth == 1 && window.equals(ConvOptions.of(1, 0));
  }

  /** Numbers of a patch. */
  int size() {
    return Math.multiplyExact(Math.multiplyExact(kernelHeight, kernelWidth), in);
  }

  /** Buffers count bytes in ints, so a line has to be smaller. */
  private long bytesOfLine(long pixels, long numbers) {
    long bytes = pixels * numbers * dtype.bytes();
    if (bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "Convolution: expected lines of images with patches of at most 2^31 - 1 bytes, got "
              + bytes
              + " for a width of "
              + pixels
              + " and "
              + numbers
              + " numbers each. Cut the images or series into parts.");
    }
    return bytes;
  }

  /** How many lines of the results make a block, at most. */
  int linesPerBlock() {
    return linesPerBlock;
  }

  /** Memory for the patches of some lines, with undefined content, until the thread asks again. */
  Pointer scratch(int lines) {
    return Scratch.FIRST.of(dtype, (long) lines * resultWidth * size());
  }

  /** The patches of some lines of the results, over all images, until the thread asks again. */
  Pointer of(Pointer image, int line, int lines) {
    if (areTheImage()) {
      return image.getPointer(origin(line));
    }
    Pointer patches = scratch(lines);
    ByteBuffer target = patches.asByteBuffer();
    ByteBuffer source = image.getPointer(origin(line)).asByteBuffer();
    byte[] zeros = new byte[kernelWidth * in * dtype.bytes()];
    forEachRun(
        line,
        lines,
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

  /** Adds the patches of some lines of the results to the image. */
  void addTo(Pointer image, int line, int lines, Pointer patches, Blas blas) {
    Pointer source = patches.getPointer(0);
    Pointer target = image.getPointer(origin(line));
    forEachRun(
        line,
        lines,
        (patch, at, before, inside, after) -> {
          if (inside > 0) {
            blas.add(inside, source.position(patch + before), target.position(at));
          }
        });
  }

  private int bytes(int numbers) {
    return numbers * dtype.bytes();
  }

  /** The image's line, over all images, above which no patch of the block reaches. */
  private long firstLine(int line) {
    int top = line % resultHeight * window.height().stride() - window.height().before();
    return (long) (line / resultHeight) * height + within(top, height);
  }

  private long origin(int line) {
    return firstLine(line) * width * in;
  }

  private void forEachRun(int first, int lines, Run run) {
    long origin = firstLine(first);
    int pixels = window.width().dilation() == 1 ? kernelWidth : 1;
    int length = pixels * in;
    int patch = 0;
    for (int line = first; line < first + lines; line++) {
      int top = line % resultHeight * window.height().stride() - window.height().before();
      long lineOfTop = (long) (line / resultHeight) * height + top - origin;
      for (int column = 0; column < resultWidth; column++) {
        for (int row = 0;
            row < kernelHeight * window.height().dilation();
            row += window.height().dilation()) {
          int left = column * window.width().stride() - window.width().before();
          for (int pixel = 0; pixel < kernelWidth; pixel += pixels) {
            int before = within(-left, pixels);
            int after = within(left + pixels - width, pixels - before);
            int inside = (pixels - before - after) * in;
            if (top + row < 0 || top + row >= height) {
              run.visit(patch, 0, length, 0, 0);
            } else {
              int image = Math.toIntExact(((lineOfTop + row) * width + left + before) * in);
              run.visit(patch, image, before * in, inside, after * in);
            }
            patch += length;
            left += window.width().dilation();
          }
        }
      }
    }
  }

  private static int within(int number, int limit) {
    return Math.max(0, Math.min(number, limit));
  }
}
