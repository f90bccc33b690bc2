package io.github.vqvae4j.io;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Parses JSON strictly according to RFC 8259, without ambiguities: no comments, single quotes or
 * NaN; no duplicate names in an object; numbers within the range of a double; valid Unicode; a
 * nesting depth of at most 127; and a length of at most 2^20 characters.
 */
public final class StrictJson {
  /** The maximum number of characters. The tree takes about a hundred times the memory. */
  static final int MAX_LENGTH = 1 << 20;

  /** The limit of serde_json, which Hugging Face's safetensors library uses. */
  private static final int MAX_DEPTH = 127;

  private static final Pattern LOCATION = Pattern.compile(" at line \\d+ column \\d+");

  private StrictJson() {}

  /**
   * Parses a JSON object.
   *
   * @param text the JSON text, without other content before or after it
   * @return the object
   * @throws IllegalArgumentException if the text is not a JSON object as described above; the
   *     message names the problem and its position
   */
  public static JsonObject parse(String text) {
    JsonElement json = parseElement(text);
    if (!json.isJsonObject()) {
      throw new IllegalArgumentException(
          "expected a JSON object, got " + MessageText.excerpt(json.toString()));
    }
    return json.getAsJsonObject();
  }

  static JsonElement parseElement(String text) {
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "expected at most " + MAX_LENGTH + " characters of JSON, got " + text.length());
    }
    try {
      JsonReader json = reader(new StringReader(text));
      skip(json, 0);
      json.peek(); // throws if more content follows
    } catch (IOException e) {
      throw new IllegalArgumentException(problem(e), e);
    }
    return JsonParser.parseReader(reader(new StringReader(text)));
  }

  static JsonReader reader(Reader text) {
    JsonReader json = new JsonReader(text);
    json.setStrictness(Strictness.STRICT);
    return json;
  }

  /**
   * Skips a value and validates it.
   *
   * @param depth the nesting depth of the value
   */
  static void skip(JsonReader json, int depth) throws IOException {
    switch (json.peek()) {
      case BEGIN_ARRAY -> {
        checkDepth(json, depth);
        json.beginArray();
        while (json.hasNext()) {
          skip(json, depth + 1);
        }
        json.endArray();
      }
      case BEGIN_OBJECT -> {
        checkDepth(json, depth);
        json.beginObject();
        Set<String> names = new HashSet<>();
        while (json.hasNext()) {
          String name = json.nextName();
          if (!names.add(name)) {
            throw bad(json, "duplicate name \"" + MessageText.excerpt(name) + "\"");
          }
          skip(json, depth + 1);
        }
        json.endObject();
      }
      case STRING -> json.nextString();
      case NUMBER -> json.nextDouble();
      case BOOLEAN -> json.nextBoolean();
      default -> json.nextNull();
    }
  }

  private static void checkDepth(JsonReader json, int depth) throws IOException {
    if (depth >= MAX_DEPTH) {
      throw bad(json, "arrays and objects are nested more than " + MAX_DEPTH + " levels deep");
    }
  }

  private static MalformedJsonException bad(JsonReader json, String problem) {
    return new MalformedJsonException(problem + location(json.toString()));
  }

  /** Returns the problem that a reader has found in JSON. */
  static String problem(IOException e) {
    // Gson's messages mention its settings and end with a URL.
    boolean isOurs = e instanceof MalformedJsonException && !e.getMessage().contains("\nSee ");
    return isOurs ? e.getMessage() : "not valid JSON" + location(e.getMessage());
  }

  private static String location(String message) {
    Matcher location = LOCATION.matcher(message);
    return location.find() ? location.group() : "";
  }
}
