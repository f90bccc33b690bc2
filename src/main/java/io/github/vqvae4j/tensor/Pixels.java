package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.Padding.Mode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Operations that add or move pixels of images [batch, height, width, channels]. */
final class Pixels {
  private Pixels() {}

  static void checkImages(String operation, Tensor x) {
    if (x.rank() != 4) {
      throw new IllegalArgumentException(
          operation
              + ": expected images [batch, height, width, channels], got shape "
              + Arrays.toString(x.dims())
              + ".");
    }
  }

  static Tensor pad(Tensor x, Padding padding) {
    checkImages("pad", x);
    Tensor rows = pad(x, 1, padding.mode(), padding.top(), padding.bottom());
    return pad(rows, 2, padding.mode(), padding.left(), padding.right());
  }

  private static Tensor pad(Tensor x, int axis, Mode mode, int before, int after) {
    int size = Math.toIntExact(x.size(axis));
    if (mode == Mode.REFLECT && Math.max(before, after) >= size) {
      throw new IllegalArgumentException(
          "pad: "
              + before
              + " and "
              + after
              + " pixels along axis "
              + axis
              + " of images "
              + Arrays.toString(x.dims())
              + " cannot be reflected: expected fewer than its size "
              + size
              + ".");
    }
    List<Tensor> parts = new ArrayList<>();
    if (before > 0) {
      parts.add(border(x, axis, mode, before, i -> before - i));
    }
    parts.add(x);
    if (after > 0) {
      parts.add(border(x, axis, mode, after, i -> size - 2 - i));
    }
    return parts.size() == 1 ? x : Tensor.concat(axis, parts);
  }

  /** What is added at one side: zeros, or x at the mirrored indices. */
  private static Tensor border(
      Tensor x, int axis, Mode mode, int width, IntUnaryOperator mirrored) {
    if (mode == Mode.ZEROS) {
      return x.step().constant(Rearrangements.zeros(x, axis, width), x.dtype());
    }
    int size = Math.toIntExact(x.size(axis));
    long[] shape = x.shape();
    int outer = 1;
    for (int i = 0; i < axis; i++) {
      outer = Math.toIntExact(outer * shape[i]);
    }
    int[] rows = new int[Math.multiplyExact(outer, width)];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = i / width * size + mirrored.applyAsInt(i % width);
    }
    shape[axis] = width;
    return x.reshape((long) outer * size, -1).rows(rows).reshape(shape);
  }

  static Tensor spaceToDepth(Tensor x, int block) {
    checkImages("spaceToDepth", x);
    long height = x.size(1) / Math.max(1, block);
    long width = x.size(2) / Math.max(1, block);
    if (block < 1 || height * block != x.size(1) || width * block != x.size(2)) {
      throw new IllegalArgumentException(
          "spaceToDepth: expected height and width of images "
              + Arrays.toString(x.dims())
              + " to be multiples of the block, got a block of "
              + block
              + ".");
    }
    // Within a block, its columns and channels already lie together.
    long run = block * x.size(3);
    return x.reshape(x.size(0) * height, block, width, run)
        .permute(0, 2, 1, 3)
        .reshape(x.size(0), height, width, block * run);
  }

  static Tensor depthToSpace(Tensor x, int block) {
    checkImages("depthToSpace", x);
    long channels = x.size(3) / Math.max(1, (long) block * block);
    if (block < 1 || channels * block * block != x.size(3)) {
      throw new IllegalArgumentException(
          "depthToSpace: expected channels of images "
              + Arrays.toString(x.dims())
              + " to be a multiple of the block squared, got a block of "
              + block
              + ".");
    }
    long run = block * channels;
    return x.reshape(x.size(0) * x.size(1), x.size(2), block, run)
        .permute(0, 2, 1, 3)
        .reshape(x.size(0), x.size(1) * block, x.size(2) * block, channels);
  }
}
