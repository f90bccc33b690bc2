package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.tensor.MemoryGuard;
import java.util.Arrays;
import java.util.List;

/**
 * The blended latents of a row of tiles, the only ones that are held at once. The upper rows, over
 * which no further tile lies, are removed when the tiles of the row have been added; the band then
 * starts where the next row of tiles does.
 */
final class LatentBand {
  private final int cellRows;

  /** The maximum height of the band, in cells. */
  private final int maxRows;

  private final int cellColumns;

  /** Null until the first tile, from which the sizes follow. */
  private TileSum sum;

  /** The number of latents of a cell along the axes. */
  private int rowScale;

  private int columnScale;

  /**
   * Creates an empty band.
   *
   * @param rows the rows of tiles of the image
   * @param cellColumns the width of the image in cells
   */
  LatentBand(List<TileSpan> rows, int cellColumns) {
    cellRows = rows.get(rows.size() - 1).to();
    maxRows = rows.stream().mapToInt(TileSpan::length).max().orElseThrow();
    this.cellColumns = cellColumns;
  }

  /** Adds a tile of the row at which the band starts. */
  void add(TileLatents tile, TileSpan row, TileSpan column) {
    if (sum == null) {
      rowScale = tile.rows() / row.length();
      columnScale = tile.columns() / column.length();
      int height = maxRows * rowScale;
      int width = cellColumns * columnScale;
      sum = new TileSum(zeros(height, width, tile.dimension()), 0, height, width, tile.dimension());
    }
    sum.add(
        tile.values(),
        row.weights(rowScale, cellRows, true),
        column.weights(columnScale, cellColumns, true),
        0,
        column.first() * columnScale);
  }

  private float[] zeros(int height, int width, int dimension) {
    int length = Math.multiplyExact(height, Math.multiplyExact(width, dimension));
    // The codes are collected, and copied once.
    long codes = (long) cellRows * rowScale * width;
    return MemoryGuard.run(
        "the latents of a row of tiles " + List.of(height, width, dimension) + " and the codes",
        ArrayLengths.size(new int[] {height, width, dimension}, Float.BYTES)
            + 2 * codes * Integer.BYTES,
        () -> new float[length]);
  }

  private int lineLength() {
    return rowScale * sum.width() * sum.channels();
  }

  /** Returns the latents of a line of cells, counted from the start of the band. */
  TileLatents line(int index) {
    float[] line =
        Arrays.copyOfRange(sum.values(), index * lineLength(), (index + 1) * lineLength());
    return new TileLatents(line, rowScale, sum.width(), sum.channels());
  }

  /** Removes the first lines of cells. */
  void remove(int lines) {
    float[] values = sum.values();
    int removed = lines * lineLength();
    System.arraycopy(values, removed, values, 0, values.length - removed);
    Arrays.fill(values, values.length - removed, values.length, 0);
  }
}
