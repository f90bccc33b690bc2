package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.model.internal.ProbePass.Values;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Verifies that the tiles of a model equal the whole image: compares the results of three tiles of
 * a random input, with the margins of a measured reach, with those of the whole input. One tile
 * starts where the input does and ends before it. The others end where the input does, and start at
 * the first multiple of the period, and at about half of the input, where what depends on the
 * position, such as a coordinate that is added, has another value.
 *
 * <p>This reveals layers that depend on the position of a cell, such as a grid that is coarser than
 * cells, on the size or the opposite border of the image, such as circular padding, and those of
 * which a probe did not reveal how far they look.
 */
final class ReachCheck {
  /** The minimum side of the input in pixels and in cells. */
  static final int PIXELS = 256;

  static final int CELLS = 24;

  /** Relative to the range of the results of a channel. */
  private static final float TOLERANCE = 1e-4f;

  /** Relative to the largest result of all channels. */
  private static final float ROUNDING = 2e-6f;

  private final ProbePass pass;
  private final int rows;
  private final int columns;

  private ReachCheck(ProbePass pass, int rows, int columns) {
    this.pass = pass;
    this.rows = rows;
    this.columns = columns;
  }

  /** Returns whether tiles equal the whole. */
  static boolean passes(Reach.Pass reach, ProbePass.Subject subject) {
    Factors factors = subject.factors();
    int margin = Tiling.margin(reach);
    int rows = side(factors.rows(), margin, reach.period());
    // Not a square, so that a transposed map is not taken for one of the cells.
    int columns = side(factors.columns(), margin, reach.period()) + 1;
    ProbePass pass = new ProbePass(subject, rows, columns);
    return new ReachCheck(pass, rows, columns).passes(margin, reach.period());
  }

  private static int side(int factor, int margin, int period) {
    return Math.max(Math.max(CELLS, PIXELS / factor), 2 * margin + period + CELLS / 2);
  }

  private boolean passes(int margin, int period) {
    List<Values> whole = pass.output();
    return isEqual(whole, start(rows, margin), start(columns, margin))
        && isEqual(whole, end(rows, margin, period), end(columns, margin, period))
        && isEqual(
            whole,
            end(rows, margin, rows / 2 / period * period),
            end(columns, margin, columns / 2 / period * period));
  }

  private static TileSpan start(int cells, int margin) {
    return new TileSpan(0, cells - 1 - margin, 0, cells - 1);
  }

  private static TileSpan end(int cells, int margin, int first) {
    return new TileSpan(first + margin, cells, first, cells);
  }

  /** Returns whether the core of a tile is equal to that part of the whole. */
  private boolean isEqual(List<Values> whole, TileSpan row, TileSpan column) {
    List<Values> tile =
        pass.run(
            pass.input().stream()
                .map(map -> cut(map, row.first(), row.end(), column.first(), column.end()))
                .toList());
    return IntStream.range(0, whole.size())
        .allMatch(i -> isEqual(whole.get(i), tile.get(i), row, column));
  }

  private boolean isEqual(Values whole, Values tile, TileSpan row, TileSpan column) {
    if (tile.height() != row.length() * (whole.height() / rows)
        || tile.width() != column.length() * (whole.width() / columns)) {
      return false;
    }
    Values expected = cut(whole, row.from(), row.to(), column.from(), column.to());
    int top = (row.from() - row.first()) * (whole.height() / rows);
    int left = (column.from() - column.first()) * (whole.width() / columns);
    float[] actual = tile.cut(top, left, expected.height(), expected.width()).values();
    float[] tolerances = tolerances(whole);
    return IntStream.range(0, actual.length)
        .allMatch(
            i -> Math.abs(expected.values()[i] - actual[i]) <= tolerances[i % whole.channels()]);
  }

  /** Returns the tolerance of each channel. */
  private static float[] tolerances(Values whole) {
    float[] lows = new float[whole.channels()];
    float[] highs = new float[whole.channels()];
    Arrays.fill(lows, Float.POSITIVE_INFINITY);
    Arrays.fill(highs, Float.NEGATIVE_INFINITY);
    float largest = 0;
    for (int i = 0; i < whole.values().length; i++) {
      float value = whole.values()[i];
      int channel = i % whole.channels();
      lows[channel] = Math.min(lows[channel], value);
      highs[channel] = Math.max(highs[channel], value);
      largest = Math.max(largest, Math.abs(value));
    }
    float[] tolerances = new float[whole.channels()];
    for (int i = 0; i < tolerances.length; i++) {
      tolerances[i] = Math.max(TOLERANCE * (highs[i] - lows[i]), ROUNDING * largest);
    }
    return tolerances;
  }

  /** Returns a rectangle of cells. */
  private Values cut(Values map, int top, int bottom, int left, int right) {
    int rowScale = map.height() / rows;
    int columnScale = map.width() / columns;
    return map.cut(
        top * rowScale,
        left * columnScale,
        (bottom - top) * rowScale,
        (right - left) * columnScale);
  }
}
