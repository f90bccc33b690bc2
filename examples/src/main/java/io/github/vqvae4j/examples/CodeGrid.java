package io.github.vqvae4j.examples;

import io.github.vqvae4j.quantize.Codes;
import java.util.Arrays;

/** The codes of one image as rows of numbers. */
final class CodeGrid {
  private CodeGrid() {}

  /** Codes [1, height, width] as [height][width]. */
  static int[][] rows(Codes codes) {
    int[] shape = codes.shape();
    int[] values = codes.values();
    int[][] rows = new int[shape[1]][shape[2]];
    for (int i = 0; i < values.length; i++) {
      rows[i / shape[2]][i % shape[2]] = values[i];
    }
    return rows;
  }

  /** [height][width] as codes [1, height, width]; all rows are of one length. */
  static Codes codes(int[][] rows, int codebookSize) {
    int[] values = Arrays.stream(rows).flatMapToInt(Arrays::stream).toArray();
    return Codes.of(values, codebookSize, 1, rows.length, rows[0].length);
  }

  /** A line a row, the numbers under one another. */
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
