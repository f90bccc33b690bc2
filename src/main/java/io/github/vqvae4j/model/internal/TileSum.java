package io.github.vqvae4j.model.internal;

/**
 * The sum of tiles, each multiplied by its weights.
 *
 * @param values receives the sum [height, width, channels]; 0 at first
 * @param offset the index of the first value
 */
record TileSum(float[] values, int offset, int height, int width, int channels) {
  /**
   * Adds a tile; what lies below or to the right of the sum is left out.
   *
   * @param tile the values [rows, columns, channels]
   * @param rows the weights of its rows
   * @param columns the weights of its columns
   * @param top the row of the sum at which the tile starts
   * @param left the column
   */
  void add(float[] tile, float[] rows, float[] columns, int top, int left) {
    for (int y = 0; y < Math.min(rows.length, height - top); y++) {
      for (int x = 0; x < Math.min(columns.length, width - left); x++) {
        float weight = rows[y] * columns[x];
        int from = (y * columns.length + x) * channels;
        int to = offset + ((top + y) * width + left + x) * channels;
        for (int c = 0; weight > 0 && c < channels; c++) {
          values[to + c] += weight * tile[from + c];
        }
      }
    }
  }
}
