package io.github.vqvae4j.io;

import com.google.gson.stream.JsonWriter;
import io.github.vqvae4j.memory.HeapMemory;
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
 * Reads and writes safetensors files, the format of Hugging Face's library of that name.
 *
 * <p>A file is: 8 bytes little-endian, the header's length; the header in JSON, which gives each
 * array's dtype, shape and offsets and, under {@code __metadata__}, texts by name; then the arrays'
 * bytes, little-endian, without gaps. The header is padded with spaces to a multiple of 8 bytes,
 * and 8-byte types lie before 4-byte types, so that every array is aligned.
 *
 * <p>The reader takes nothing on trust: all sizes are checked against the file's size before memory
 * is taken for them. It takes what Hugging Face's library takes, a field that the format does not
 * know included, and is stricter in this:
 *
 * <ul>
 *   <li>Arrays of other types than F32, F64, I32 and I64 are refused, as are F16 and BF16; convert
 *       them where the file was made.
 *   <li>A name that comes twice in an object is refused; there the last one counts.
 *   <li>The header must begin with <code>{</code>, as the format says; there white space may come
 *       first, and a list of values in their order stand for an array's description.
 *   <li>An array has at most 32 dimensions, each below 10^18, and 2^31 - 9 elements.
 * </ul>
 */
public final class Safetensors {
  /** The limit the format's own library sets. */
  private static final int MAX_HEADER_BYTES = 100_000_000;

  private static final int LENGTH_BYTES = 8;
  private static final int BUFFER_BYTES = 1 << 16;
  private static final String REMEDY =
      "; the file is cut off or not a safetensors file, get it anew";

  private Safetensors() {}

  /**
   * Reads a whole file.
   *
   * @param file the file
   * @return its metadata and arrays, in the order of its header
   * @throws BadFileException if it is not an intact safetensors file of F32, F64, I32 and I64
   *     arrays
   * @throws IOException if it cannot be read
   */
  public static SafetensorsFile read(Path file) throws IOException {
    InputFile.require(file, "a safetensors file");
    // Not a channel, which an interrupted thread would close.
    try (InputStream in = Files.newInputStream(file)) {
      long size = Files.size(file);
      if (size < LENGTH_BYTES) {
        throw new BadFileException(
            file,
            "byte 0",
            "got " + size + " bytes, expected " + LENGTH_BYTES + " or more" + REMEDY);
      }
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
      long headerLength = fill(file, in, buffer, 0, LENGTH_BYTES).getLong();
      long headerRoom = Math.min(size - LENGTH_BYTES, MAX_HEADER_BYTES);
      if (headerLength < 0 || headerLength > headerRoom) {
        throw new BadFileException(
            file,
            "byte 0",
            "got a header length of "
                + Long.toUnsignedString(headerLength)
                + ", expected at most "
                + headerRoom
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
  }

  /**
   * Writes a file, whole or not at all (see {@link AtomicFile}).
   *
   * @param file the file; an older one is replaced
   * @param metadata texts by name
   * @param arrays the arrays by name; the header keeps the map's order
   * @throws IllegalArgumentException if an array is named {@code __metadata__}, a text is not valid
   *     Unicode or the header would be longer than 100 MB
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Map<String, String> metadata, Map<String, NamedArray> arrays)
      throws IOException {
    List<SafetensorsEntry> layout = SafetensorsEntry.layOut(arrays);
    ByteBuffer header = header(metadata, arrays, layout);
    AtomicFile.write(
        file,
        out -> {
          ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
          int padded = (header.remaining() + 7) / 8 * 8;
          out.write(buffer.putLong(padded).array(), 0, LENGTH_BYTES);
          out.write(header.array(), 0, header.remaining());
          out.write(" ".repeat(padded - header.remaining()).getBytes(StandardCharsets.US_ASCII));
          for (SafetensorsEntry entry : layout) {
            writeArray(out, buffer, arrays.get(entry.name()));
          }
        });
  }

  private static ByteBuffer header(
      Map<String, String> metadata, Map<String, NamedArray> arrays, List<SafetensorsEntry> layout) {
    if (arrays.containsKey("__metadata__")) {
      throw new IllegalArgumentException(
          "got an array named __metadata__, expected another name, as the format keeps this one for"
              + " its texts; rename the array");
    }
    Map<String, SafetensorsEntry> entries = new HashMap<>();
    layout.forEach(entry -> entries.put(entry.name(), entry));
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      if (!metadata.isEmpty()) {
        json.name("__metadata__").beginObject();
        for (Map.Entry<String, String> entry : metadata.entrySet()) {
          // A null would be left out without a word.
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
            "got names and metadata of "
                + bytes.remaining()
                + " bytes, expected at most "
                + MAX_HEADER_BYTES
                + "; put large data into an array");
      }
      return bytes;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "got a name or a metadata text with half a surrogate pair, expected valid Unicode;"
              + " correct the text",
          e);
    }
  }

  private static void writeArray(OutputStream out, ByteBuffer buffer, NamedArray array)
      throws IOException {
    int step = BUFFER_BYTES / array.type().bytes();
    buffer.clear();
    int count;
    // Not at += step, which would overflow behind the longest array.
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

  /** Reads exactly {@code count} bytes, those at a position, into the buffer. */
  private static ByteBuffer fill(
      Path file, InputStream in, ByteBuffer buffer, long position, int count) throws IOException {
    int came = in.readNBytes(buffer.array(), 0, count);
    if (came < count) {
      throw new BadFileException(
          file,
          "byte " + (position + came),
          "the file ended, expected "
              + (count - came)
              + " bytes more; it was shortened while being read, try again when nothing writes to"
              + " it");
    }
    return buffer.clear().limit(count);
  }
}
