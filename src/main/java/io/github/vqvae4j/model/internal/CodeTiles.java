package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.quantize.Codebooks;
import io.github.vqvae4j.quantize.Codes;

/** The codes of an image, from which tiles are cut. */
final class CodeTiles {
  private final Codebooks codebooks;
  private final int[] values;
  private final int rowScale;
  private final int columnScale;
  private final int width;

  CodeTiles(Codes codes, int cellRows, int cellColumns) {
    codebooks = codes.codebooks();
    values = codes.values();
    rowScale = codes.shape()[1] / cellRows;
    columnScale = codes.shape()[2] / cellColumns;
    width = codes.shape()[2];
  }

  Codes cut(TileSpan row, TileSpan column) {
    int books = codebooks.count();
    int rows = row.length() * rowScale;
    int columns = column.length() * columnScale;
    int[] cut = new int[rows * columns * books];
    for (int y = 0; y < rows; y++) {
      int from = (row.first() * rowScale + y) * width + column.first() * columnScale;
      System.arraycopy(values, from * books, cut, y * columns * books, columns * books);
    }
    return Codes.of(cut, codebooks, 1, rows, columns);
  }
}
