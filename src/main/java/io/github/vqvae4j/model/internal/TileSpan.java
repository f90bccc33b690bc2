package io.github.vqvae4j.model.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * The rows or the columns of a tile, in cells: the pixels that become one code of the smallest map.
 *
 * @param from the first cell of the core, whose result is used
 * @param to the cell after the core
 * @param first the first cell that is processed; before the core unless that starts the image
 * @param end the cell after the last one that is processed
 */
record TileSpan(int from, int to, int first, int end) {
  /**
   * Divides an axis into tiles with cores of nearly equal lengths.
   *
   * @param cells the length of the axis
   * @param core the maximum length of a core
   * @param margin the number of cells that are processed on either side of a core
   * @param period the number of cells of which the first that is processed is a multiple
   */
  static List<TileSpan> of(int cells, int core, int margin, int period) {
    int count = ArrayLengths.chunks(cells, core);
    List<TileSpan> spans = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      int from = (int) ((long) cells * i / count);
      int to = (int) ((long) cells * (i + 1) / count);
      int first = Math.max(0, from - margin) / period * period;
      spans.add(new TileSpan(from, to, first, Math.min(cells, to + margin)));
    }
    return spans;
  }

  /** Returns the number of cells that are processed. */
  int length() {
    return end - first;
  }

  /**
   * Returns the weight of each pixel that is processed. The weights of all tiles add up to 1.
   *
   * @param factor the number of pixels of a cell
   * @param cells the length of the axis
   * @param blended whether weights change linearly where two tiles overlap, rather than at once
   */
  float[] weights(int factor, int cells, boolean blended) {
    float[] weights = new float[length() * factor];
    for (int i = 0; i < weights.length; i++) {
      double pixel = first * (double) factor + i + 0.5;
      double start = from == 0 ? 1 : ramp(pixel, from, first, factor, blended);
      double rest = to == cells ? 1 : 1 - ramp(pixel, to, 2 * to - end, factor, blended);
      weights[i] = (float) Math.min(start, rest);
    }
    return weights;
  }

  /** Rises from 0 to 1 around a border, from {@code start} on, or at the border itself. */
  private static double ramp(double pixel, int border, int start, int factor, boolean blended) {
    double distance = pixel - border * (double) factor;
    double half = (border - start) * (double) factor;
    return blended
        ? Math.max(0, Math.min(1, (distance + half) / (2 * half)))
        : distance > 0 ? 1 : 0;
  }
}
