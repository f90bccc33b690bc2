package io.github.vqvae4j.io;

import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Parses the JSON header of a safetensors file strictly, as a stream of tokens. Each token must be
 * of the kind required by the format; unknown fields are skipped. Nesting is therefore limited, and
 * memory is bounded by the length of the header.
 */
final class SafetensorsHeader {
  private static final String METADATA = "__metadata__";
  private static final String HEADER = "header";
  private static final Pattern INTEGER = Pattern.compile("[0-9]{1,18}");
  private static final String REMEDY =
      "; the file is corrupt or was written incorrectly, get a new copy";

  /** The depth of the fields of an array: the header object and the array object. */
  private static final int ENTRY_DEPTH = 2;

  /** The maximum length of a Java array. */
  private static final int MAX_LENGTH = Integer.MAX_VALUE - 8;

  private final Path file;
  private final JsonReader json;
  private final Map<String, String> metadata = new LinkedHashMap<>();
  private final Map<String, SafetensorsEntry> entries = new LinkedHashMap<>();
  private final List<SafetensorsEntry> inOrder = new ArrayList<>();

  private SafetensorsHeader(Path file, JsonReader json) {
    this.file = file;
    this.json = json;
  }

  /**
   * Parses and validates a header. All of its entries can then be read without further checks.
   *
   * @param dataLength the number of bytes after the header
   */
  static SafetensorsHeader parse(Path file, byte[] header, long dataLength) throws IOException {
    if (header.length == 0 || header[0] != '{') {
      throw new BadFileException(file, "byte 8", "expected JSON that starts with '{'" + REMEDY);
    }
    // A new decoder reports invalid UTF-8, whereas a charset would replace it.
    InputStreamReader text =
        new InputStreamReader(
            new ByteArrayInputStream(header), StandardCharsets.UTF_8.newDecoder());
    SafetensorsHeader result = new SafetensorsHeader(file, StrictJson.reader(text));
    try {
      result.readAll();
    } catch (MalformedJsonException | EOFException e) {
      throw new BadFileException(file, HEADER, StrictJson.problem(e) + REMEDY, e);
    } catch (CharacterCodingException e) {
      throw new BadFileException(file, HEADER, "not valid UTF-8" + REMEDY, e);
    }
    result.checkLayout(dataLength);
    return result;
  }

  Map<String, String> metadata() {
    return metadata;
  }

  /** Returns the names of the arrays in the order of the header. */
  Set<String> names() {
    return entries.keySet();
  }

  /** Returns the arrays in the order of their offsets. */
  List<SafetensorsEntry> inOrder() {
    return inOrder;
  }

  private void readAll() throws IOException {
    json.beginObject();
    boolean metadataSeen = false;
    while (json.hasNext()) {
      String name = json.nextName();
      if (name.equals(METADATA)) {
        rejectDuplicate(metadataSeen, HEADER, METADATA);
        metadataSeen = true;
        if (json.peek() == JsonToken.NULL) {
          json.nextNull();
        } else {
          readMetadata();
        }
      } else {
        rejectDuplicate(entries.containsKey(name), HEADER, name);
        entries.put(name, readEntry(name, SafetensorsEntry.location(name)));
      }
    }
    json.endObject();
    expect(JsonToken.END_DOCUMENT, HEADER, "after the header object");
  }

  private void readMetadata() throws IOException {
    expect(JsonToken.BEGIN_OBJECT, METADATA, METADATA);
    json.beginObject();
    while (json.hasNext()) {
      String name = json.nextName();
      rejectDuplicate(metadata.containsKey(name), METADATA, name);
      expect(JsonToken.STRING, METADATA, "the value of \"" + MessageText.excerpt(name) + "\"");
      metadata.put(name, json.nextString());
    }
    json.endObject();
  }

  private SafetensorsEntry readEntry(String name, String location) throws IOException {
    expect(JsonToken.BEGIN_OBJECT, location, "the array's description");
    json.beginObject();
    NamedArray.Type type = null;
    long[] shape = null;
    long[] offsets = null;
    Set<String> fields = new HashSet<>();
    while (json.hasNext()) {
      String field = json.nextName();
      rejectDuplicate(!fields.add(field), location, field);
      switch (field) {
        case "dtype" -> type = readType(location);
        case "shape" -> shape = readIntegers(field, NamedArray.MAX_RANK, location);
        case "data_offsets" -> offsets = readIntegers(field, 2, location);
        default -> StrictJson.skip(json, ENTRY_DEPTH);
      }
    }
    json.endObject();
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      throw bad(
          location, "expected dtype, shape and two data_offsets, got an incomplete description");
    }
    return new SafetensorsEntry(name, type, shape, offsets[0], offsets[1]);
  }

  private NamedArray.Type readType(String location) throws IOException {
    expect(JsonToken.STRING, location, "dtype");
    String text = json.nextString();
    for (NamedArray.Type type : NamedArray.Type.values()) {
      if (type.name().equals(text)) {
        return type;
      }
    }
    throw new BadFileException(
        file,
        location,
        "expected a dtype of "
            + Arrays.toString(NamedArray.Type.values())
            + ", got \""
            + MessageText.excerpt(text)
            + "\"; convert the array with the program that wrote the file");
  }

  private long[] readIntegers(String field, int maxCount, String location) throws IOException {
    expect(JsonToken.BEGIN_ARRAY, location, field);
    json.beginArray();
    List<Long> integers = new ArrayList<>();
    while (json.hasNext()) {
      expect(JsonToken.NUMBER, location, "an element of " + field);
      String text = json.nextString();
      if (!INTEGER.matcher(text).matches()) {
        throw bad(
            location,
            "expected integers from 0 to 10^18 - 1 in "
                + field
                + ", got "
                + MessageText.excerpt(text));
      }
      if (integers.size() == maxCount) {
        throw bad(
            location, "expected at most " + maxCount + " elements in " + field + ", got more");
      }
      integers.add(Long.parseLong(text));
    }
    json.endArray();
    return integers.stream().mapToLong(Long::longValue).toArray();
  }

  /**
   * Checks that the lengths of all arrays match their shapes and that the arrays cover the data
   * without gaps or overlaps.
   */
  private void checkLayout(long dataLength) throws BadFileException {
    inOrder.addAll(entries.values());
    inOrder.sort(
        Comparator.comparingLong(SafetensorsEntry::begin).thenComparingLong(SafetensorsEntry::end));
    long expected = 0;
    for (SafetensorsEntry entry : inOrder) {
      if (entry.end() < entry.begin() || entry.end() > dataLength) {
        throw bad(
            entry.location(),
            offsets(entry)
                + " are out of range, expected increasing offsets within the "
                + dataLength
                + " data bytes of the file");
      }
      if (entry.begin() != expected) {
        throw bad(
            entry.location(),
            offsets(entry)
                + (entry.begin() < expected ? " overlap the previous array" : " leave a gap")
                + ", expected a start at "
                + expected);
      }
      checkShape(entry);
      expected = entry.end();
    }
    if (expected != dataLength) {
      throw bad(
          "data byte " + expected,
          (dataLength - expected) + " bytes follow the last array, expected the end of the file");
    }
  }

  private static String offsets(SafetensorsEntry entry) {
    return "data_offsets [" + entry.begin() + ", " + entry.end() + "]";
  }

  private static String typeAndShape(SafetensorsEntry entry) {
    return entry.type() + Arrays.toString(entry.shape());
  }

  private void checkShape(SafetensorsEntry entry) throws BadFileException {
    long bytes = entry.type().bytes();
    try {
      for (long dimension : entry.shape()) {
        bytes = Math.multiplyExact(bytes, dimension);
      }
    } catch (ArithmeticException e) {
      throw bad(entry.location(), typeAndShape(entry) + " overflows, expected fewer values");
    }
    if (bytes != entry.end() - entry.begin()) {
      throw bad(
          entry.location(),
          offsets(entry)
              + " do not match "
              + typeAndShape(entry)
              + ", expected "
              + bytes
              + " bytes");
    }
    if (bytes / entry.type().bytes() > MAX_LENGTH) {
      throw new BadFileException(
          file,
          entry.location(),
          typeAndShape(entry)
              + " is too long, expected at most "
              + MAX_LENGTH
              + " values; split the array with the program that wrote the file");
    }
  }

  private void rejectDuplicate(boolean seen, String location, String name) throws BadFileException {
    if (seen) {
      throw bad(location, "duplicate name \"" + MessageText.excerpt(name) + "\", expected it once");
    }
  }

  private void expect(JsonToken expected, String location, String what) throws IOException {
    JsonToken token = json.peek();
    if (token != expected) {
      throw bad(location, what + ": expected " + expected + ", got " + token);
    }
  }

  private BadFileException bad(String location, String problem) {
    return new BadFileException(file, location, problem + REMEDY);
  }
}
