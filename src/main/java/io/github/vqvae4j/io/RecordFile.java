package io.github.vqvae4j.io;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A record in a JSON file of its own: its components as {@link RecordJson} writes them, after
 * {@code "format"}, the record's name, and {@code "version"}, 1.
 */
public final class RecordFile {
  private static final Gson JSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private static final String FORMAT = "format";
  private static final String VERSION = "version";
  private static final int FIRST = 1;

  private RecordFile() {}

  /**
   * Writes a record.
   *
   * @param file an existing one is replaced once the new one is complete
   * @param value as {@link RecordJson#toJson} takes it
   * @throws IOException if it cannot be written
   */
  public static void write(Path file, Record value) throws IOException {
    JsonObject json = new JsonObject();
    json.addProperty(FORMAT, value.getClass().getSimpleName());
    json.addProperty(VERSION, FIRST);
    RecordJson.toJson(value).entrySet().forEach(e -> json.add(e.getKey(), e.getValue()));
    byte[] text = (JSON.toJson(json) + "\n").getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(file, out -> out.write(text));
  }

  /**
   * Reads a record.
   *
   * @param file written by {@link #write}
   * @param type of the record
   * @param writer what writes such files, for messages: {@code "ChannelScale.save"}
   * @param <R> the record's type
   * @return the record, made by its own constructor
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is damaged, of another kind or of an unknown version
   * @throws IOException if it cannot be read
   */
  public static <R extends Record> R read(Path file, Class<R> type, String writer)
      throws IOException {
    InputFile.require(file, "a file of " + writer);
    String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    JsonObject json;
    try {
      json = JsonParser.parseString(text).getAsJsonObject();
    } catch (JsonParseException | IllegalStateException e) {
      throw new BadFileException(
          file, "text", "got no JSON object, expected what " + writer + " writes; get it anew", e);
    }
    check(
        file,
        json,
        FORMAT,
        "\"" + type.getSimpleName() + "\"",
        "give the path of a file of " + writer);
    check(
        file,
        json,
        VERSION,
        String.valueOf(FIRST),
        "read it with the version of vqvae4j that wrote it, or a newer one");
    try {
      return RecordJson.fromJson(json, type);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "settings", e.getMessage(), e);
    }
  }

  private static void check(Path file, JsonObject json, String name, String expected, String remedy)
      throws BadFileException {
    String got = String.valueOf(json.remove(name));
    if (!got.equals(expected)) {
      throw new BadFileException(
          file, name, "got " + JsonNumber.shorten(got) + ", expected " + expected + "; " + remedy);
    }
  }
}
