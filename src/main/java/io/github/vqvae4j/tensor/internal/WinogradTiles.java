package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.internal.OneDnn.Call;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Images [n, h, w, c] to transformed tiles (Bt x Bt) d [t t, tiles, s s c], and the way back, which
 * gradients take. A cell is s x s pixels, whose channels go side by side; a tile is t x t cells,
 * one begins at every fourth cell. Each image has two rows and two columns of zeros more, on the
 * sides that the window says.
 */
final class WinogradTiles {
  /** Rows, and columns, of zeros that an image is given. */
  static final int BORDERS = 2;

  /** Some places of some tiles along one axis. */
  private record Range(long place, long places, long tile, long tiles, boolean overlaps) {}

  /** Copies a range of both axes; where it begins in images with borders, and among the tiles. */
  private record Piece(Call copy, long inImages, long inTiles) {}

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

  /** Where an image's first pixel lies among its zeros. */
  private final long origin;

  private final NativeMemory padded;
  private final FloatPointer matrix;
  private final Call pad;
  private final Call unpad;
  private final Call transform;
  private final Call transformBack;
  private final List<Piece> cuts = new ArrayList<>();
  private final List<Piece> pastes = new ArrayList<>();

  /**
   * For one set of shapes.
   *
   * @param shape of the images, [n, h, w, c]
   * @param window whose stride is s, and which pads each axis by {@link #BORDERS} in all
   */
  WinogradTiles(OneDnn oneDnn, WinogradMatrices matrices, ConvOptions window, long... shape) {
    this.oneDnn = oneDnn;
    stride = window.height().stride();
    points = matrices.points();
    step = matrices.outputs();
    images = shape[0];
    channels = shape[3];
    down = shape[1] / (stride * step);
    across = shape[2] / (stride * step);
    row = (shape[2] + BORDERS) * channels;
    size = (shape[1] + BORDERS) * row;
    origin = window.height().before() * row + window.width().before() * channels;
    long columns = images * down * across * cell();
    rowLength = rowLength(columns);
    padded =
        NativeMemory.workspace(
            images * size * Float.BYTES, "images with borders for a convolution");
    Pointer.memset(padded.pointer(), 0, images * size * Float.BYTES);
    matrix = new FloatPointer(matrices.data());

    memory.desc dense = OneDnn.dense(shape);
    memory.desc bordered = OneDnn.strided(shape, size, row, channels, 1);
    pad = oneDnn.reorder(dense, bordered, false);
    unpad = oneDnn.reorder(bordered, dense, false);
    // oneDNN knows no layout that overlaps itself, so what tiles share is copied apart; on the way
    // back it is added to what the tiles before have put there.
    for (Range i : ranges(down, false)) {
      for (Range j : ranges(across, false)) {
        cuts.add(piece(i, j, false));
      }
    }
    for (boolean adding : new boolean[] {false, true}) {
      for (Range i : ranges(down, true)) {
        for (Range j : ranges(across, true)) {
          if ((i.overlaps() || j.overlaps()) == adding) {
            pastes.add(piece(i, j, true));
          }
        }
      }
    }
    long square = points * points;
    memory.desc tiles = OneDnn.strided(new long[] {square, columns}, rowLength, 1);
    transform = oneDnn.product(OneDnn.dense(square, square), tiles, tiles);
    transformBack =
        oneDnn.product(OneDnn.strided(new long[] {square, square}, 1, square), tiles, tiles);
  }

  /**
   * How far apart the rows of a matrix begin that is read and written by columns. Without the five
   * cache lines more, rows of so many powers of two would all lie in the same few sets of a cache,
   * which hold fewer lines than there are rows.
   */
  static long rowLength(long columns) {
    return columns + 80;
  }

  /** How far apart the places' rows begin. */
  long rowLength() {
    return rowLength;
  }

  /** Numbers in a cell. */
  private long cell() {
    return stride * stride * channels;
  }

  private List<Range> ranges(long tiles, boolean back) {
    List<Range> ranges = new ArrayList<>();
    ranges.add(new Range(0, step, 0, tiles, false));
    if (!back) {
      ranges.add(new Range(step, points - step, 0, tiles, false));
    } else {
      ranges.add(new Range(step, points - step, tiles - 1, 1, false));
      if (tiles > 1) {
        ranges.add(new Range(step, points - step, 0, tiles - 1, true));
      }
    }
    return ranges;
  }

  private Piece piece(Range i, Range j, boolean back) {
    long[] shape = {
      i.places(), j.places(), images, i.tiles(), j.tiles(), stride, stride * channels
    };
    long cellRow = stride * row;
    long cellColumn = stride * channels;
    memory.desc inImages =
        OneDnn.strided(shape, cellRow, cellColumn, size, step * cellRow, step * cellColumn, row, 1);
    memory.desc inTiles =
        OneDnn.strided(
            shape,
            points * rowLength,
            rowLength,
            down * across * cell(),
            across * cell(),
            cell(),
            cellColumn,
            1);
    return new Piece(
        back
            ? oneDnn.reorder(inTiles, inImages, i.overlaps() || j.overlaps())
            : oneDnn.reorder(inImages, inTiles, false),
        (i.place() + i.tile() * step) * cellRow + (j.place() + j.tile() * step) * cellColumn,
        (i.place() * points + j.place()) * rowLength + (i.tile() * across + j.tile()) * cell());
  }

  /** Frees its memory. */
  void free() {
    padded.close();
  }

  /** Whether oneDNN has fast code for its products. */
  boolean isUsable() {
    return transform != Call.NONE && transformBack != Call.NONE;
  }

  /** How many numbers transformed tiles are. */
  long length() {
    return points * points * rowLength;
  }

  /** How many numbers the images with their borders are. */
  long paddedLength() {
    return images * size;
  }

  /**
   * Transforms.
   *
   * @param from the images
   * @param tiles memory for {@link #length} numbers
   * @param data the result
   */
  void forward(Pointer from, Pointer tiles, Pointer data) {
    pad.set(0, from).set(1, at(padded.pointer(), origin)).run();
    for (Piece cut : cuts) {
      cut.copy()
          .set(0, at(padded.pointer(), cut.inImages()))
          .set(1, at(tiles, cut.inTiles()))
          .run();
    }
    transform.set(0, matrix).set(1, tiles).set(2, data).run();
  }

  /**
   * The transposed of all that {@link #forward} does.
   *
   * @param data transformed tiles
   * @param tiles memory for {@link #length} numbers
   * @param sums memory for {@link #paddedLength} numbers
   * @param to the images
   */
  void back(Pointer data, Pointer tiles, Pointer sums, Pointer to) {
    transformBack.set(0, matrix).set(1, data).set(2, tiles).run();
    for (Piece paste : pastes) {
      paste.copy().set(0, at(tiles, paste.inTiles())).set(1, at(sums, paste.inImages())).run();
    }
    unpad.set(0, at(sums, origin)).set(1, to).run();
  }

  private static Pointer at(Pointer base, long offset) {
    return base.getPointer(FloatPointer.class, offset);
  }
}
