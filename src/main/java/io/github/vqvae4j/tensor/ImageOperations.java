package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.Padding.Mode;
import java.util.Arrays;

/** Operations that pad images [batch, height, width, channels], or rearrange their pixels. */
final class ImageOperations {
  private ImageOperations() {}

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
    if (mode == Mode.ZEROS) {
      return x.pad(axis, before, after, 0);
    }
    return before + after == 0 ? x : x.padReflect(axis, before, after);
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
    // The columns and channels of a row of a block are already contiguous.
    long rowLength = block * x.size(3);
    return x.reshape(x.size(0) * height, block, width, rowLength)
        .permute(0, 2, 1, 3)
        .reshape(x.size(0), height, width, block * rowLength);
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
    long rowLength = block * channels;
    return x.reshape(x.size(0) * x.size(1), x.size(2), block, rowLength)
        .permute(0, 2, 1, 3)
        .reshape(x.size(0), x.size(1) * block, x.size(2) * block, channels);
  }
}
