package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Transforms images [n, h, w, c] to Winograd tiles (Bt x Bt) d [t t, tiles, s s c], and applies the
 * transposed transform for gradients. A cell is a block of s x s pixels, whose channels are
 * concatenated; a tile is a block of t x t cells, and a tile begins at every fourth cell. Each
 * image is padded by two rows and two columns of zeros, on the sides given by the convolution's
 * padding.
 */
final class WinogradTiles {
  /** The number of rows and of columns by which an image is padded. */
  static final int PADDING = 2;

  /** A range of positions within tiles and a range of tiles, along one axis. */
  private record Range(long position, long positions, long tile, long tiles, boolean overlaps) {}

  /** A copy of a range on both axes, with its offsets in the padded images and in the tiles. */
  private record RangeCopy(Call copy, long imageOffset, long tileOffset) {}

  private final OneDnn oneDnn;
  private final int stride;
  private final long points;
  private final long step;
  private final long images;
  private final long channels;
  private final long down;
  private final long across;
  private final long row;
  private final long size;
  private final long rowLength;

  /** The offset of an image's first pixel within the padded image. */
  private final long origin;

  private final NativeMemory padded;
  private final FloatPointer matrix;
  private final Call pad;
  private final Call unpad;
  private final Call transform;
  private final Call transformTransposed;
  private final List<RangeCopy> toTiles = new ArrayList<>();
  private final List<RangeCopy> fromTiles = new ArrayList<>();

  /**
   * Creates the transforms for one set of shapes.
   *
   * @param options options with stride s and a total padding of {@link #PADDING} per axis
   * @param shape the shape of the images, [n, h, w, c]
   */
  WinogradTiles(OneDnn oneDnn, WinogradMatrices matrices, ConvOptions options, long... shape) {
    this.oneDnn = oneDnn;
    stride = options.height().stride();
    points = matrices.points();
    step = matrices.outputs();
    images = shape[0];
    channels = shape[3];
    down = shape[1] / (stride * step);
    across = shape[2] / (stride * step);
    row = (shape[2] + PADDING) * channels;
    size = (shape[1] + PADDING) * row;
    origin = options.height().before() * row + options.width().before() * channels;
    long columns = images * down * across * cellSize();
    rowLength = rowLength(columns);
    padded = NativeMemory.workspace(images * size * Float.BYTES, "padded images for a convolution");
    Pointer.memset(padded.pointer(), 0, images * size * Float.BYTES);
    matrix = new FloatPointer(matrices.data());

    memory.desc dense = OneDnn.dense(shape);
    memory.desc paddedLayout = OneDnn.strided(shape, size, row, channels, 1);
    pad = oneDnn.reorder(dense, paddedLayout, false);
    unpad = oneDnn.reorder(paddedLayout, dense, false);
    // oneDNN has no overlapping layouts, so positions shared by adjacent tiles are copied
    // separately. In the transposed transform, they are added to the values of the previous tiles.
    for (Range i : ranges(down, false)) {
      for (Range j : ranges(across, false)) {
        toTiles.add(rangeCopy(i, j, false));
      }
    }
    for (boolean overlapping : new boolean[] {false, true}) {
      for (Range i : ranges(down, true)) {
        for (Range j : ranges(across, true)) {
          if ((i.overlaps() || j.overlaps()) == overlapping) {
            fromTiles.add(rangeCopy(i, j, true));
          }
        }
      }
    }
    long square = points * points;
    memory.desc tiles = OneDnn.strided(new long[] {square, columns}, rowLength, 1);
    transform = oneDnn.matmul(OneDnn.dense(square, square), tiles, tiles);
    transformTransposed =
        oneDnn.matmul(OneDnn.strided(new long[] {square, square}, 1, square), tiles, tiles);
  }

  /**
   * Returns the row stride of a matrix that is accessed by columns. Five extra cache lines avoid
   * cache conflicts: with power-of-two strides, all rows would map to the same few cache sets,
   * which hold fewer lines than there are rows.
   */
  static long rowLength(long columns) {
    return columns + 80;
  }

  /** Returns the row stride of transformed tiles. */
  long rowLength() {
    return rowLength;
  }

  /** Returns the number of elements in a cell. */
  private long cellSize() {
    return stride * stride * channels;
  }

  private List<Range> ranges(long tiles, boolean transposed) {
    List<Range> ranges = new ArrayList<>();
    ranges.add(new Range(0, step, 0, tiles, false));
    if (!transposed) {
      ranges.add(new Range(step, points - step, 0, tiles, false));
    } else {
      ranges.add(new Range(step, points - step, tiles - 1, 1, false));
      if (tiles > 1) {
        ranges.add(new Range(step, points - step, 0, tiles - 1, true));
      }
    }
    return ranges;
  }

  private RangeCopy rangeCopy(Range i, Range j, boolean transposed) {
    long[] shape = {
      i.positions(), j.positions(), images, i.tiles(), j.tiles(), stride, stride * channels
    };
    long cellRow = stride * row;
    long cellColumn = stride * channels;
    memory.desc imageLayout =
        OneDnn.strided(shape, cellRow, cellColumn, size, step * cellRow, step * cellColumn, row, 1);
    memory.desc tileLayout =
        OneDnn.strided(
            shape,
            points * rowLength,
            rowLength,
            down * across * cellSize(),
            across * cellSize(),
            cellSize(),
            cellColumn,
            1);
    return new RangeCopy(
        transposed
            ? oneDnn.reorder(tileLayout, imageLayout, i.overlaps() || j.overlaps())
            : oneDnn.reorder(imageLayout, tileLayout, false),
        (i.position() + i.tile() * step) * cellRow + (j.position() + j.tile() * step) * cellColumn,
        (i.position() * points + j.position()) * rowLength
            + (i.tile() * across + j.tile()) * cellSize());
  }

  /** Releases the memory. */
  void close() {
    padded.close();
  }

  /** Returns whether oneDNN has optimized implementations of the transforms. */
  boolean isUsable() {
    return transform != Call.UNSUPPORTED && transformTransposed != Call.UNSUPPORTED;
  }

  /** Returns the number of elements in transformed tiles. */
  long length() {
    return points * points * rowLength;
  }

  /** Returns the number of elements in the padded images. */
  long paddedLength() {
    return images * size;
  }

  /**
   * Transforms images to tiles.
   *
   * @param from the images
   * @param tiles scratch memory for {@link #length} elements
   * @param data receives the transformed tiles
   */
  void forward(Pointer from, Pointer tiles, Pointer data) {
    pad.set(0, from).set(1, at(padded.pointer(), origin)).run();
    for (RangeCopy range : toTiles) {
      range
          .copy()
          .set(0, at(padded.pointer(), range.imageOffset()))
          .set(1, at(tiles, range.tileOffset()))
          .run();
    }
    transform.set(0, matrix).set(1, tiles).set(2, data).run();
  }

  /**
   * Applies the transpose of {@link #forward}.
   *
   * @param data the transformed tiles
   * @param tiles scratch memory for {@link #length} elements
   * @param sums scratch memory for {@link #paddedLength} elements
   * @param to receives the images
   */
  void transposed(Pointer data, Pointer tiles, Pointer sums, Pointer to) {
    transformTransposed.set(0, matrix).set(1, data).set(2, tiles).run();
    for (RangeCopy range : fromTiles) {
      range
          .copy()
          .set(0, at(tiles, range.tileOffset()))
          .set(1, at(sums, range.imageOffset()))
          .run();
    }
    unpad.set(0, at(sums, origin)).set(1, to).run();
  }

  private static Pointer at(Pointer base, long offset) {
    return base.getPointer(FloatPointer.class, offset);
  }
}
