package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.quantize.Codes;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads a file of codes: a file written by {@link Codes#write}, or the codes of one image as rows
 * of integers in plain text, separated by spaces or commas.
 */
final class CodesFile {
  private static final String KINDS = "provide a file written by reconstruct, or rows of integers";

  /** Enough for a grid of 800 x 800 codes. */
  private static final int MAX_BYTES = 1 << 22;

  /** The length of the magic number of code files. */
  private static final int MAGIC_BYTES = 8;

  private CodesFile() {}

  /** Reads codes. The codebook size applies to codes in plain text. */
  static Codes read(Path file, int codebookSize) throws IOException {
    InputFile.requireReadable(file, "a file of codes");
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_BYTES + 1);
    }
    // The last byte of the magic number is 0, which does not occur in text.
    if (bytes.length >= MAGIC_BYTES && bytes[MAGIC_BYTES - 1] == 0) {
      return Codes.read(file);
    }
    int[][] rows = rows(file, text(file, bytes).strip());
    checkGrid(file, rows);
    try {
      return CodeGrid.codes(rows, codebookSize);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "codes", e.getMessage(), e);
    }
  }

  private static String text(Path file, byte[] bytes) throws BadFileException {
    if (bytes.length > MAX_BYTES) {
      throw bad(
          file,
          "got more than "
              + MAX_BYTES
              + " bytes of text, expected the codes of one image; "
              + KINDS);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw bad(file, "not a text file; " + KINDS);
    }
  }

  private static int[][] rows(Path file, String text) throws BadFileException {
    String[] lines = text.lines().filter(line -> !line.isBlank()).toArray(String[]::new);
    int[][] rows = new int[lines.length][];
    for (int i = 0; i < lines.length; i++) {
      String[] fields = lines[i].strip().split("[\\s,]+");
      rows[i] = new int[fields.length];
      for (int j = 0; j < fields.length; j++) {
        try {
          rows[i][j] = Integer.parseInt(fields[j]);
        } catch (NumberFormatException e) {
          throw bad(
              file,
              "expected integers separated by spaces or commas, got \""
                  + MessageText.excerpt(fields[j])
                  + "\" in row "
                  + (i + 1));
        }
      }
    }
    return rows;
  }

  private static void checkGrid(Path file, int[][] rows) throws BadFileException {
    if (rows.length == 0 || rows[0].length == 0) {
      throw bad(file, "the file contains no codes, expected rows of integers");
    }
    for (int i = 1; i < rows.length; i++) {
      int length = rows[i].length;
      if (length != rows[0].length) {
        throw bad(
            file,
            "row 1 has "
                + rows[0].length
                + " codes but row "
                + (i + 1)
                + " has "
                + length
                + "; expected rows of equal length");
      }
    }
  }

  private static BadFileException bad(Path file, String problem) {
    return new BadFileException(file, "codes", problem);
  }
}
