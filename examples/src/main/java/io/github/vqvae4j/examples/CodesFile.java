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
 * A file of codes: one that {@link Codes#save} wrote, or the codes of one image as rows of numbers
 * in plain text, with blanks or commas between.
 */
final class CodesFile {
  private static final String KINDS = "give a file that reconstruct wrote, or rows of numbers";

  /** A grid of 800 x 800 codes, and more. */
  private static final int MOST_BYTES = 1 << 22;

  /** A safetensors file begins with the length of its header in so many bytes. */
  private static final int LENGTH_BYTES = 8;

  private CodesFile() {}

  /** Reads codes; those in plain text are for a model whose codebook has so many vectors. */
  static Codes read(Path file, int codebookSize) throws IOException {
    InputFile.requireReadable(file, "a file of codes");
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    // The length's last byte is 0, which no text holds.
    if (bytes.length >= LENGTH_BYTES && bytes[LENGTH_BYTES - 1] == 0) {
      return Codes.load(file);
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
    if (bytes.length > MOST_BYTES) {
      throw bad(
          file,
          "got more than "
              + MOST_BYTES
              + " bytes of text, expected the codes of one image; "
              + KINDS);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw bad(file, "this is not text; " + KINDS);
    }
  }

  private static int[][] rows(Path file, String text) throws BadFileException {
    String[] lines = text.lines().filter(line -> !line.isBlank()).toArray(String[]::new);
    int[][] rows = new int[lines.length][];
    for (int i = 0; i < lines.length; i++) {
      String[] numbers = lines[i].strip().split("[\\s,]+");
      rows[i] = new int[numbers.length];
      for (int j = 0; j < numbers.length; j++) {
        try {
          rows[i][j] = Integer.parseInt(numbers[j]);
        } catch (NumberFormatException e) {
          throw bad(
              file,
              "expected whole numbers with blanks or commas between, got \""
                  + MessageText.shown(numbers[j])
                  + "\" in row "
                  + (i + 1));
        }
      }
    }
    return rows;
  }

  private static void checkGrid(Path file, int[][] rows) throws BadFileException {
    if (rows.length == 0 || rows[0].length == 0) {
      throw bad(file, "there are no codes in it, expected rows of numbers");
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
                + "; expected rows of one length");
      }
    }
  }

  private static BadFileException bad(Path file, String problem) {
    return new BadFileException(file, "codes", problem);
  }
}
