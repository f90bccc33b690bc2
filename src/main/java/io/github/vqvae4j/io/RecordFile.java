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
 * A record in a JSON file of its own: its components as {@link RecordJson} writes them, after
 * {@code "format"}, the record's name, and {@code "version"}, {@link RecordJson#version}. Files are
 * UTF-8 and of at most 1 MiB.
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
   * @param file an existing one is replaced once the new one is complete
   * @param value as {@link RecordJson#toJson} takes it
   * @throws IllegalArgumentException if it could not be read again: as {@link RecordJson#toJson},
   *     or if a text is not valid Unicode, or all would be longer than 1 MiB
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, Record value) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty(FORMAT, value.getClass().getSimpleName());
    json.addProperty(VERSION, RecordJson.version(value.getClass()));
    RecordJson.toJson(value).entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
    String text = JSON.toJson(json) + "\n";
    StrictJson.parse(text);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > StrictJson.LONGEST) {
      throw new IllegalArgumentException(
          "got a "
              + value.getClass().getSimpleName()
              + " of "
              + bytes.length
              + " bytes as JSON, expected at most "
              + StrictJson.LONGEST
              + "; shorten it");
    }
    AtomicFile.write(file, out -> out.write(bytes));
  }

  /**
   * Reads a record, strictly (see {@link StrictJson}). A file of an earlier version lacks what was
   * {@link Added} since; one without a version is of version 1.
   *
   * @param file written by {@link #write}
   * @param type of the record
   * @param writer what writes such files, for messages: {@code "ChannelScale.save"}
   * @param <R> the record's type
   * @return the record, made by its own constructor
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is damaged, of another kind or of a later version
   * @throws IOException if it cannot be read
   */
  public static <R extends Record> R read(Path file, Class<R> type, String writer)
      throws IOException {
    InputFile.require(file, "a file of " + writer);
    JsonObject json;
    try {
      json = StrictJson.parse(text(file, writer));
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          file, "text", e.getMessage() + "; expected what " + writer + " writes, get it anew", e);
    }
    String format = String.valueOf(json.remove(FORMAT));
    if (!format.equals("\"" + type.getSimpleName() + "\"")) {
      throw new BadFileException(
          file,
          FORMAT,
          "got "
              + MessageText.shown(format)
              + ", expected \""
              + type.getSimpleName()
              + "\"; give the path of a file of "
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
      bytes = in.readNBytes(StrictJson.LONGEST + 1);
    }
    if (bytes.length > StrictJson.LONGEST) {
      throw new BadFileException(
          file,
          "byte " + StrictJson.LONGEST,
          "the file goes on, expected at most "
              + StrictJson.LONGEST
              + " bytes; give the path of a file of "
              + writer);
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new BadFileException(
          file, "text", "not valid UTF-8; expected what " + writer + " writes, get it anew", e);
    }
  }

  private static int version(Path file, JsonElement got, int latest) throws BadFileException {
    String text = got == null ? "1" : got.toString();
    if (!text.matches("[1-9][0-9]{0,8}") || Integer.parseInt(text) > latest) {
      throw new BadFileException(
          file,
          VERSION,
          "got "
              + MessageText.shown(text)
              + ", expected at most "
              + latest
              + "; read it with the version of vqvae4j that wrote it, or a newer one");
    }
    return Integer.parseInt(text);
  }
}
