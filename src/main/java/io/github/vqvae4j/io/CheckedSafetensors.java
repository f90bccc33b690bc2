package io.github.vqvae4j.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;

/**
 * Safetensors files with a checksum of all of their bytes, so that any damage is found.
 *
 * <p>The first entry of the metadata is {@code vqvae4j.checksum}: the CRC-32C of the file as 8
 * hexadecimal digits, with zeros in their place. It finds every change within 4 adjacent bytes, and
 * all but one in 2^32 of others. Other programs read such a file like any safetensors file.
 *
 * <pre>{@code
 * CheckedSafetensors.write(file, Map.of(), Map.of("weight", NamedArray.of(new float[] {1, 2}, 2)));
 * float[] weight = CheckedSafetensors.read(file).arrays().get("weight").floats();
 * }</pre>
 */
public final class CheckedSafetensors {
  private static final String CHECKSUM = "vqvae4j.checksum";

  /** The text before the checksum, at byte 8. */
  private static final byte[] BEFORE =
      ("{\"__metadata__\":{\"" + CHECKSUM + "\":\"").getBytes(StandardCharsets.US_ASCII);

  private static final int LENGTH_BYTES = 8;
  private static final String ZEROS = "00000000";
  private static final int BUFFER_BYTES = 1 << 16;

  private CheckedSafetensors() {}

  /**
   * Writes a file atomically (see {@link AtomicFile}).
   *
   * @param file the file; an existing file is replaced
   * @param metadata strings by name; an entry {@code vqvae4j.checksum}, such as that of a file that
   *     was read, is replaced
   * @param arrays arrays by name
   * @throws IllegalArgumentException as for {@link Safetensors#write}
   * @throws IOException if the file cannot be written
   */
  public static void write(Path file, Map<String, String> metadata, Map<String, NamedArray> arrays)
      throws IOException {
    CRC32C checksum = new CRC32C();
    try (OutputStream out = new CheckedOutputStream(OutputStream.nullOutputStream(), checksum)) {
      Safetensors.writeTo(out, with(ZEROS, metadata), arrays);
    }
    Map<String, String> checked = with(digits(checksum), metadata);
    AtomicFile.write(file, out -> Safetensors.writeTo(out, checked, arrays));
  }

  private static Map<String, String> with(String checksum, Map<String, String> metadata) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put(CHECKSUM, checksum);
    metadata.forEach(all::putIfAbsent);
    return all;
  }

  private static String digits(CRC32C checksum) {
    return HexFormat.of().toHexDigits((int) checksum.getValue());
  }

  /**
   * Reads a file.
   *
   * @param file the file
   * @return the metadata and arrays
   * @throws BadFileException if the file was not written by {@link #write}, or any of its bytes has
   *     changed
   * @throws IOException if the file cannot be read
   */
  public static SafetensorsFile read(Path file) throws IOException {
    InputFile.requireRegularFile(file, "a safetensors file with a checksum");
    CRC32C actual = new CRC32C();
    String expected;
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      byte[] start = in.readNBytes(LENGTH_BYTES + BEFORE.length + ZEROS.length());
      int end = LENGTH_BYTES + BEFORE.length;
      if (start.length < end + ZEROS.length()
          || !Arrays.equals(start, LENGTH_BYTES, end, BEFORE, 0, BEFORE.length)) {
        throw new BadFileException(
            file,
            "byte " + LENGTH_BYTES,
            "expected a checksum, got none; the file is truncated, corrupt or of another kind, use"
                + " an intact one");
      }
      expected = new String(start, end, ZEROS.length(), StandardCharsets.ISO_8859_1);
      actual.update(start, 0, end);
      actual.update(ZEROS.getBytes(StandardCharsets.US_ASCII));
      byte[] buffer = new byte[BUFFER_BYTES];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        actual.update(buffer, 0, n);
      }
    }
    if (!expected.equals(digits(actual))) {
      throw new BadFileException(
          file,
          "checksum",
          "expected a content with the checksum "
              + MessageText.excerpt(expected)
              + ", got "
              + digits(actual)
              + "; the file is truncated or corrupt, use an intact one");
    }
    return Safetensors.read(file);
  }
}
