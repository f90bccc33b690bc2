package io.github.vqvae4j.fuzz;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** Repairs the lengths and checksums of corrupted safetensors files. */
public final class SafetensorsBytes {
  private static final String CHECKSUM = "\"vqvae4j.checksum\":\"";
  private static final int DIGITS = 8;

  private SafetensorsBytes() {}

  /** Repairs the length of the header, if its end can be found. */
  public static byte[] withHeaderLength(byte[] bytes) {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    int end = text.lastIndexOf("]}}");
    if (end > 0 && bytes.length >= 8) {
      // The writer pads with spaces.
      int to = end + 3;
      while (to < bytes.length && bytes[to] == ' ') {
        to++;
      }
      ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(0, to - 8);
    }
    return bytes;
  }

  /** Repairs the length of the header, and then the checksum of the file if it has one. */
  public static byte[] withChecksum(byte[] bytes) {
    withHeaderLength(bytes);
    int name = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(CHECKSUM);
    int at = name + CHECKSUM.length();
    if (name >= 0 && at + DIGITS <= bytes.length) {
      write("0".repeat(DIGITS), bytes, at);
      CRC32C sum = new CRC32C();
      sum.update(bytes);
      write(HexFormat.of().toHexDigits((int) sum.getValue()), bytes, at);
    }
    return bytes;
  }

  private static void write(String digits, byte[] bytes, int at) {
    System.arraycopy(digits.getBytes(StandardCharsets.US_ASCII), 0, bytes, at, DIGITS);
  }
}
