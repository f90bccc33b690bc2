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
 * Reads JSON as RFC 8259 has it and in one meaning only: no comments, no single quotes, no NaN; a
 * name comes once in an object; a number is within the range of a double; a text is valid Unicode;
 * arrays and objects are at most 127 deep; a text is at most 1 MiB (2^20 characters) long.
 */
public final class StrictJson {
  /** Characters of a text, at most: read as a tree it takes some hundred times the memory. */
  static final int LONGEST = 1 << 20;

  /** The limit of serde_json, which reads safetensors files for Hugging Face. */
  private static final int DEEPEST = 127;

  private static final Pattern PLACE = Pattern.compile(" at line \\d+ column \\d+");

  private StrictJson() {}

  /**
   * Parses an object.
   *
   * @param text JSON, and nothing before or after it
   * @return the object
   * @throws IllegalArgumentException if it is not an object in JSON as described above; the message
   *     says what and where
   */
  public static JsonObject parse(String text) {
    JsonElement json = parseElement(text);
    if (!json.isJsonObject()) {
      throw new IllegalArgumentException(
          "got the JSON " + MessageText.shown(json.toString()) + ", expected an object");
    }
    return json.getAsJsonObject();
  }

  static JsonElement parseElement(String text) {
    if (text.length() > LONGEST) {
      throw new IllegalArgumentException(
          "got JSON of " + text.length() + " characters, expected at most " + LONGEST);
    }
    try {
      JsonReader json = reader(new StringReader(text));
      skip(json, 0);
      json.peek(); // throws if there is more
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
   * Reads over a value, and checks it.
   *
   * @param depth how many arrays and objects it is in
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
            throw bad(json, "the name \"" + MessageText.shown(name) + "\" comes twice");
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
    if (depth >= DEEPEST) {
      throw bad(json, "arrays and objects are more than " + DEEPEST + " deep");
    }
  }

  private static MalformedJsonException bad(JsonReader json, String problem) {
    return new MalformedJsonException(problem + place(json.toString()));
  }

  /** What is wrong with JSON that a reader refused. */
  static String problem(IOException e) {
    // Gson's own texts speak of its settings and end with an address.
    boolean own = e instanceof MalformedJsonException && !e.getMessage().contains("\nSee ");
    return own ? e.getMessage() : "not valid JSON" + place(e.getMessage());
  }

  private static String place(String message) {
    Matcher place = PLACE.matcher(message);
    return place.find() ? place.group() : "";
  }
}
