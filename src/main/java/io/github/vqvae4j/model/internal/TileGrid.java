package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.tensor.internal.GroupStatistics;
import java.util.List;
import java.util.stream.IntStream;

/** The tiles of an image or of a part of it, row by row. */
record TileGrid(List<TileSpan> rows, List<TileSpan> columns) {
  /**
   * A tile with the input or the result of a pass.
   *
   * @param value the pixels or the codes
   */
  record Tile<T>(TileSpan row, TileSpan column, T value) {
    <R> Tile<R> with(R result) {
      return new Tile<>(row, column, result);
    }

    /** Returns the cells of the tile. */
    GroupStatistics.Tile cells() {
      return new GroupStatistics.Tile(
          row.length(),
          row.from() - row.first(),
          row.to() - row.first(),
          column.length(),
          column.from() - column.first(),
          column.to() - column.first());
    }
  }

  /** Returns lines of single cells. */
  static TileGrid lines(int first, int end, int width) {
    TileSpan columns = new TileSpan(0, width, 0, width);
    return new TileGrid(
        IntStream.range(first, end).mapToObj(i -> new TileSpan(i, i + 1, i, i + 1)).toList(),
        List.of(columns));
  }

  /** Returns a grid of the upper left tile, or of a part that is as large as the layers need. */
  TileGrid corner() {
    return new TileGrid(List.of(start(rows.get(0))), List.of(start(columns.get(0))));
  }

  /** Returns two margins of the first tile, and no less than layers accept, or the only one. */
  private static TileSpan start(TileSpan span) {
    int margin = span.end() - span.to();
    int end =
        margin == 0 ? span.end() : Math.min(span.end(), Math.max(Factors.MAX_SIDE, 2 * margin));
    return new TileSpan(0, end, 0, end);
  }

  /** Returns a row of tiles. */
  TileGrid row(int index) {
    return new TileGrid(List.of(rows.get(index)), columns);
  }

  /** Returns the height in cells. */
  int height() {
    return rows.get(rows.size() - 1).to();
  }

  int width() {
    return columns.get(columns.size() - 1).to();
  }

  int size() {
    return rows.size() * columns.size();
  }

  /** Returns a tile without a value. */
  Tile<Void> tile(int index) {
    return new Tile<>(rows.get(index / columns.size()), columns.get(index % columns.size()), null);
  }

  /** Returns the maximum number of cells of a tile. */
  long maxCells() {
    long height = rows.stream().mapToInt(TileSpan::length).max().orElseThrow();
    return height * columns.stream().mapToInt(TileSpan::length).max().orElseThrow();
  }
}
