package io.github.vqvae4j.io;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.github.vqvae4j.config.Added;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * Reads and writes JSON files that contain one record: {@code "format"} with the name of the record
 * type, {@code "version"} with {@link RecordJson#version}, and the components as written by {@link
 * RecordJson}. Files are encoded in UTF-8 and have at most 1 MiB.
 */
public final class RecordFile {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private static final String FORMAT = "format";
  private static final String VERSION = "version";

  private RecordFile() {}

  /**
   * Writes a record.
   *
   * @param file the file; an existing file is replaced atomically
   * @param value a record supported by {@link RecordJson#toJson}
   * @throws IllegalArgumentException if the record cannot be read back: as for {@link
   *     RecordJson#toJson}, if a string is not valid Unicode, or if the file would be longer than 1
   *     MiB
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Record value) throws IOException {
    JsonObject json = new JsonObject();
    // The name of a record is the name of its files' format: it must not change.
    json.addProperty(FORMAT, value.getClass().getSimpleName());
    json.addProperty(VERSION, RecordJson.version(value.getClass()));
    RecordJson.toJson(value).entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
    String text = JSON.toJson(json) + "\n";
    StrictJson.parse(text);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > StrictJson.MAX_LENGTH) {
      throw new IllegalArgumentException(
          "expected at most "
              + StrictJson.MAX_LENGTH
              + " bytes of JSON, got "
              + bytes.length
              + " for a "
              + value.getClass().getSimpleName()
              + "; shorten its values");
    }
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /**
   * Reads a record strictly (see {@link StrictJson}). Files of earlier versions lack components
   * that were {@link Added} later; files without a version have version 1.
   *
   * @param file a file written by {@link #write}
   * @param type the record class
   * @param writer the method that writes such files, for messages: {@code "ChannelScale.save"}
   * @param <R> the type of the record
   * @return the record, created by its canonical constructor
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if the file is corrupt, of a different kind or of a later version
   * @throws IOException if the file cannot be read
   */
  public static <R extends Record> R read(Path file, Class<R> type, String writer)
      throws IOException {
    InputFile.requireRegularFile(file, "a file written by " + writer);
    JsonObject json;
    try {
      json = StrictJson.parse(text(file, writer));
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          file,
          "text",
          e.getMessage()
              + "; the file is corrupt or was not written by "
              + writer
              + ", get a new copy",
          e);
    }
    String format = String.valueOf(json.remove(FORMAT));
    if (!format.equals("\"" + type.getSimpleName() + "\"")) {
      throw new BadFileException(
          file,
          FORMAT,
          "expected \""
              + type.getSimpleName()
              + "\", got "
              + MessageText.excerpt(format)
              + "; specify a file written by "
              + writer);
    }
    int version = version(file, json.remove(VERSION), RecordJson.version(type));
    try {
      return RecordJson.fromJson(json, type, version);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "settings", e.getMessage(), e);
    }
  }

  private static String text(Path file, String writer) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(StrictJson.MAX_LENGTH + 1);
    }
    if (bytes.length > StrictJson.MAX_LENGTH) {
      throw new BadFileException(
          file,
          "byte " + StrictJson.MAX_LENGTH,
          "expected at most "
              + StrictJson.MAX_LENGTH
              + " bytes, got more; specify a file written by "
              + writer);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadFileException(
          file,
          "text",
          "not valid UTF-8; the file is corrupt or was not written by "
              + writer
              + ", get a new copy",
          e);
    }
  }

  private static int version(Path file, JsonElement found, int latest) throws BadFileException {
    String text = found == null ? "1" : found.toString();
    if (!text.matches("[1-9][0-9]{0,8}") || Integer.parseInt(text) > latest) {
      throw new BadFileException(
          file,
          VERSION,
          "expected a version from 1 to "
              + latest
              + ", got "
              + MessageText.excerpt(text)
              + "; read the file with the version of vqvae4j that wrote it, or a newer one");
    }
    return Integer.parseInt(text);
  }
}
