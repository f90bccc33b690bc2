package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;

/**
 * Reads the tiles of an image, row by row. All rows of pixels of a row of tiles are read at once,
 * so that an image that must be decoded from its file is not decoded for each tile.
 */
final class TileReader {
  private final Dataset images;
  private final int index;
  private final Factors factors;

  /** The rows of pixels that were read last, and the tiles that they are for. */
  private float[] band;

  private TileSpan bandOf;

  TileReader(Dataset images, int index, Factors factors) {
    this.images = images;
    this.index = index;
    this.factors = factors;
  }

  /**
   * Reads a tile. Outside the image, its last row and column repeat.
   *
   * @return the pixels [rows, columns, channels]
   */
  float[] read(TileSpan rows, TileSpan columns) {
    int top = rows.first() * factors.rows();
    int bandHeight = Math.min(images.height(), rows.end() * factors.rows()) - top;
    if (!rows.equals(bandOf)) {
      band = images.rectangle(index, top, 0, bandHeight, images.width());
      bandOf = rows;
    }
    int channels = images.channels();
    int height = rows.length() * factors.rows();
    int width = columns.length() * factors.columns();
    int left = columns.first() * factors.columns();
    int inside = Math.min(width, images.width() - left);
    float[] tile = new float[height * width * channels];
    for (int y = 0; y < height; y++) {
      int source = (Math.min(y, bandHeight - 1) * images.width() + left) * channels;
      int target = y * width * channels;
      System.arraycopy(band, source, tile, target, inside * channels);
      for (int x = inside; x < width; x++) {
        int last = source + (inside - 1) * channels;
        System.arraycopy(band, last, tile, target + x * channels, channels);
      }
    }
    return tile;
  }
}
