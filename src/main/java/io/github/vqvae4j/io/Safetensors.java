package io.github.vqvae4j.io;

import com.google.gson.stream.JsonWriter;
import io.github.vqvae4j.memory.HeapMemory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Reads and writes files in Hugging Face's safetensors format.
 *
 * <p>A file consists of the length of the header (8 bytes), a JSON header, and the arrays without
 * gaps, all in little-endian byte order. The header contains the dtype, shape and offsets of each
 * array, and strings under {@code __metadata__}. It is padded with spaces to a multiple of 8 bytes,
 * and 8-byte types are stored before 4-byte types, so that all arrays are aligned.
 *
 * <p>Files are not trusted: all sizes are checked against the file size before memory is allocated.
 * The reader accepts the files that Hugging Face's library accepts, including those with unknown
 * fields, with these exceptions:
 *
 * <ul>
 *   <li>Only arrays of types F32, F64, I32 and I64 are supported. Others, such as F16 and BF16,
 *       must be converted by the program that writes the file.
 *   <li>Duplicate names in an object are rejected. Hugging Face's library uses the last one.
 *   <li>The header must start with <code>{</code>, as the format specifies. Hugging Face's library
 *       accepts preceding white space, and lists of values in place of the objects that describe
 *       arrays.
 *   <li>Arrays have at most 32 dimensions, each below 10^18, and at most 2^31 - 9 elements.
 * </ul>
 *
 * <pre>{@code
 * Safetensors.write(file, Map.of(), Map.of("weight", NamedArray.of(new float[] {1, 2}, 2)));
 * float[] weight = Safetensors.read(file).arrays().get("weight").floats();
 * }</pre>
 */
public final class Safetensors {
  /** The limit of Hugging Face's library. */
  private static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String REMEDY =
      "; the file is truncated or not a safetensors file, get a new copy";

  private Safetensors() {}

  /**
   * Reads a file.
   *
   * @param file the file
   * @return the metadata and arrays, in the order of the header
   * @throws BadFileException if the file is not a valid safetensors file of F32, F64, I32 and I64
   *     arrays
   * @throws IOException if the file cannot be read
   */
  public static SafetensorsFile read(Path file) throws IOException {
    InputFile.requireRegularFile(file, "a safetensors file");
    // Not a channel, which interrupts would close.
    try (InputStream in = Files.newInputStream(file)) {
      return read(file, in, Files.size(file));
    }
  }

  /**
   * Reads the bytes of a file, such as a resource in a jar.
   *
   * @param name the name of the file, for messages
   * @param bytes the content of the file
   * @return the metadata and arrays, in the order of the header
   * @throws BadFileException as for {@link #read(Path)}
   * @throws IOException as for {@link #read(Path)}
   */
  public static SafetensorsFile read(Path name, byte[] bytes) throws IOException {
    return read(name, new ByteArrayInputStream(bytes), bytes.length);
  }

  private static SafetensorsFile read(Path file, InputStream in, long size) throws IOException {
    if (size < LENGTH_BYTES) {
      throw new BadFileException(
          file, "byte 0", "expected " + LENGTH_BYTES + " bytes or more, got " + size + REMEDY);
    }
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    long headerLength = fill(file, in, buffer, 0, LENGTH_BYTES).getLong();
    long maxHeaderLength = Math.min(size - LENGTH_BYTES, MAX_HEADER_BYTES);
    if (headerLength < 0 || headerLength > maxHeaderLength) {
      throw new BadFileException(
          file,
          "byte 0",
          "expected a header length of at most "
              + maxHeaderLength
              + ", got "
              + Long.toUnsignedString(headerLength)
              + REMEDY);
    }
    long dataStart = LENGTH_BYTES + headerLength;
    SafetensorsHeader parsed =
        HeapMemory.guard(
            () -> FileNames.path(file) + ", for its header,",
            headerLength,
            () -> {
              ByteBuffer header = ByteBuffer.allocate((int) headerLength);
              fill(file, in, header, LENGTH_BYTES, (int) headerLength);
              return SafetensorsHeader.parse(file, header.array(), size - dataStart);
            });
    Map<String, NamedArray> arrays = new LinkedHashMap<>();
    parsed.names().forEach(name -> arrays.put(name, null));
    HeapMemory.guard(
        () -> FileNames.path(file) + ", with all of its arrays,",
        size - dataStart,
        () -> {
          for (SafetensorsEntry entry : parsed.inOrder()) {
            arrays.put(entry.name(), readArray(file, in, buffer, dataStart, entry));
          }
          return null;
        });
    return new SafetensorsFile(parsed.metadata(), arrays);
  }

  /**
   * Writes a file atomically (see {@link AtomicFile}).
   *
   * @param file the file; an existing file is replaced
   * @param metadata strings by name
   * @param arrays arrays by name; the header has the order of this map
   * @throws IllegalArgumentException if an array is named {@code __metadata__}, a string is not
   *     valid Unicode or the header would be longer than 100 MB
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Map<String, String> metadata, Map<String, NamedArray> arrays)
      throws IOException {
    List<SafetensorsEntry> layout = SafetensorsEntry.layout(arrays);
    ByteBuffer header = header(metadata, arrays, layout);
    AtomicFile.write(file, out -> write(out, header, layout, arrays));
  }

  /** Writes the bytes of a file to a stream. */
  static void writeTo(
      OutputStream out, Map<String, String> metadata, Map<String, NamedArray> arrays)
      throws IOException {
    List<SafetensorsEntry> layout = SafetensorsEntry.layout(arrays);
    write(out, header(metadata, arrays, layout), layout, arrays);
  }

  private static void write(
      OutputStream out,
      ByteBuffer header,
      List<SafetensorsEntry> layout,
      Map<String, NamedArray> arrays)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int padded = (header.remaining() + 7) / 8 * 8;
    out.write(buffer.putLong(padded).array(), 0, LENGTH_BYTES);
    out.write(header.array(), 0, header.remaining());
    out.write(" ".repeat(padded - header.remaining()).getBytes(StandardCharsets.US_ASCII));
    for (SafetensorsEntry entry : layout) {
      writeArray(out, buffer, arrays.get(entry.name()));
    }
  }

  private static ByteBuffer header(
      Map<String, String> metadata, Map<String, NamedArray> arrays, List<SafetensorsEntry> layout) {
    if (arrays.containsKey("__metadata__")) {
      throw new IllegalArgumentException(
          "expected array names other than __metadata__, which the format reserves; rename the"
              + " array");
    }
    Map<String, SafetensorsEntry> entries = new HashMap<>();
    layout.forEach(entry -> entries.put(entry.name(), entry));
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name("__metadata__").beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          // Gson would omit null without an error.
          String value = Objects.requireNonNull(entry.getValue(), entry.getKey());
          json.name(entry.getKey()).value(value);
        }
        json.endObject();
      }
      for (String name : arrays.keySet()) {
        SafetensorsEntry entry = entries.get(name);
        json.name(name).beginObject().name("dtype").value(entry.type().name());
        json.name("shape").beginArray();
        for (long dimension : entry.shape()) {
          json.value(dimension);
        }
        json.endArray().name("data_offsets").beginArray();
        json.value(entry.begin()).value(entry.end()).endArray().endObject();
      }
      json.endObject();
    } catch (IOException e) {
      throw new IllegalStateException("a StringWriter cannot fail", e);
    }
    return encode(text.toString());
  }

  private static ByteBuffer encode(String header) {
    try {
      ByteBuffer bytes = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(header));
      if (bytes.remaining() > MAX_HEADER_BYTES - LENGTH_BYTES) {
        throw new IllegalArgumentException(
            "expected at most "
                + MAX_HEADER_BYTES
                + " bytes of names and metadata, got "
                + bytes.remaining()
                + "; store large data as an array");
      }
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "expected names and metadata in valid Unicode, got an unpaired surrogate; correct the"
              + " text",
          e);
    }
  }

  private static void writeArray(OutputStream out, ByteBuffer buffer, NamedArray array)
      throws IOException {
    int step = BUFFER_BYTES / array.type().bytes();
    buffer.clear();
    int count;
    // Not at += step, which would overflow for arrays of maximum length.
    for (int at = 0; at < array.length(); at += count) {
      count = Math.min(step, array.length() - at);
      switch (array.type()) {
        case F32 -> buffer.asFloatBuffer().put(array.floats(), at, count);
        case F64 -> buffer.asDoubleBuffer().put(array.doubles(), at, count);
        case I32 -> buffer.asIntBuffer().put(array.ints(), at, count);
        case I64 -> buffer.asLongBuffer().put(array.longs(), at, count);
      }
      out.write(buffer.array(), 0, count * array.type().bytes());
    }
  }

  private static NamedArray empty(SafetensorsEntry entry) {
    return switch (entry.type()) {
      case F32 -> NamedArray.of(new float[entry.length()], entry.shape());
      case F64 -> NamedArray.of(new double[entry.length()], entry.shape());
      case I32 -> NamedArray.of(new int[entry.length()], entry.shape());
      case I64 -> NamedArray.of(new long[entry.length()], entry.shape());
    };
  }

  private static NamedArray readArray(
      Path file, InputStream in, ByteBuffer buffer, long dataStart, SafetensorsEntry entry)
      throws IOException {
    int length = entry.length();
    int bytes = entry.type().bytes();
    NamedArray array = empty(entry);
    int step = BUFFER_BYTES / bytes;
    int count;
    for (int at = 0; at < length; at += count) {
      count = Math.min(step, length - at);
      long position = dataStart + entry.begin() + (long) at * bytes;
      fill(file, in, buffer, position, count * bytes);
      switch (entry.type()) {
        case F32 -> buffer.asFloatBuffer().get(array.floats(), at, count);
        case F64 -> buffer.asDoubleBuffer().get(array.doubles(), at, count);
        case I32 -> buffer.asIntBuffer().get(array.ints(), at, count);
        case I64 -> buffer.asLongBuffer().get(array.longs(), at, count);
      }
    }
    return array;
  }

  /** Reads exactly {@code count} bytes into the buffer. The position is for messages. */
  private static ByteBuffer fill(
      Path file, InputStream in, ByteBuffer buffer, long position, int count) throws IOException {
    int received = in.readNBytes(buffer.array(), 0, count);
    if (received < count) {
      throw new BadFileException(
          file,
          "byte " + (position + received),
          "expected "
              + (count - received)
              + " more bytes, got the end of the file; it was truncated while being read, try again"
              + " when no other process writes it");
    }
    return buffer.clear().limit(count);
  }
}
