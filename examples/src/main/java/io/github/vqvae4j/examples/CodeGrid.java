package io.github.vqvae4j.examples;

import io.github.vqvae4j.quantize.Codes;
import java.util.Arrays;

/** Converts the codes of one image from and to rows of integers. */
final class CodeGrid {
  private CodeGrid() {}

  /** Converts codes [1, height, width] to [height][width]. */
  static int[][] rows(Codes codes) {
    int[] shape = codes.shape();
    int[] values = codes.values();
    int[][] rows = new int[shape[1]][shape[2]];
    for (int i = 0; i < values.length; i++) {
      rows[i / shape[2]][i % shape[2]] = values[i];
    }
    return rows;
  }

  /** Converts [height][width] to codes [1, height, width]. All rows must have the same length. */
  static Codes codes(int[][] rows, int codebookSize) {
    int[] values = Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
    return Codes.of(values, codebookSize, 1, rows.length, rows[0].length);
  }

  /** Formats each row as a line, with aligned columns. */
  static String text(Codes codes) {
    int width = Integer.toString(codes.codebookSize() - 1).length();
    StringBuilder text = new StringBuilder();
    for (int[] row : rows(codes)) {
      for (int code : row) {
        text.append(String.format("%" + (width + 1) + "d", code));
      }
      text.append(System.lineSeparator());
    }
    return text.toString();
  }
}
