package io.github.vqvae4j.examples;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import com.google.gson.Strictness;
import io.github.vqvae4j.io.AtomicFile;
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
 * The codes of one image in a file: {@code {"codebookSize": 256, "codes": [[12, 0], [7, 255]]}}, or
 * rows of numbers as plain text, with blanks or commas between.
 */
final class CodesFile {
  private static final String JSON_SHAPE =
      "{\"codebookSize\": 256, \"codes\": [[12, 0], [7, 255]]}";

  /** A grid of 800 x 800 codes, and more. */
  private static final int MOST_BYTES = 1 << 22;

  private static final Gson JSON = new GsonBuilder().setStrictness(Strictness.STRICT).create();

  private record Content(Integer codebookSize, int[][] codes) {}

  private CodesFile() {}

  static void write(Codes codes, Path file) throws IOException {
    Content content = new Content(codes.codebookSize(), CodeGrid.rows(codes));
    byte[] json = (JSON.toJson(content) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(json));
  }

  /** Reads codes for a model whose codebook has so many vectors. */
  static Codes read(Path file, int codebookSize) throws IOException {
    InputFile.requireReadable(file, "a file of codes");
    String text = text(file).strip();
    int[][] rows = text.startsWith("{") ? json(file, text, codebookSize) : plain(file, text);
    checkGrid(file, rows);
    try {
      return CodeGrid.codes(rows, codebookSize);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "codes", e.getMessage(), e);
    }
  }

  private static String text(Path file) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    }
    if (bytes.length > MOST_BYTES) {
      throw bad(
          file,
          "got more than "
              + MOST_BYTES
              + " bytes, expected the codes of one image; give the JSON that reconstruct wrote, or"
              + " rows of numbers");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw bad(file, "this is not text; give the JSON that reconstruct wrote, or rows of numbers");
    }
  }

  private static int[][] json(Path file, String text, int codebookSize) throws BadFileException {
    Content content;
    try {
      content = JSON.fromJson(text, Content.class);
    } catch (JsonParseException | IllegalArgumentException e) {
      // The latter, without a message, for null among the codes.
      String reason = e.getMessage() == null ? "" : " (" + e.getMessage() + ")";
      throw bad(file, "not JSON of the form " + JSON_SHAPE + reason);
    }
    if (content.codes() == null) {
      throw bad(file, "expected JSON of the form " + JSON_SHAPE + ", but there are no \"codes\"");
    }
    if (content.codebookSize() != null && content.codebookSize() != codebookSize) {
      throw bad(
          file,
          "codes of a codebook of "
              + content.codebookSize()
              + ", but the model has one of "
              + codebookSize
              + "; decode them with the model that made them");
    }
    return content.codes();
  }

  private static int[][] plain(Path file, String text) throws BadFileException {
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
    if (rows.length == 0 || rows[0] == null || rows[0].length == 0) {
      throw bad(file, "there are no codes in it, expected rows of numbers");
    }
    for (int i = 1; i < rows.length; i++) {
      int length = rows[i] == null ? 0 : rows[i].length;
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
