package io.github.vqvae4j.fuzz;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** Chunks of PNG files: length, type, data, CRC. */
final class Png {
  private static final int SIGNATURE = 8;
  private static final int FRAME = 12;

  private Png() {}

  /** Puts a chunk before the first one of a type. */
  static byte[] withChunk(byte[] png, String before, String type, byte... data) {
    int at = SIGNATURE;
    while (!type(png, at).equals(before)) {
      at += FRAME + ByteBuffer.wrap(png).getInt(at);
    }
    ByteBuffer bytes = ByteBuffer.allocate(png.length + FRAME + data.length);
    bytes.put(png, 0, at).putInt(data.length).put(type.getBytes(StandardCharsets.US_ASCII));
    bytes.put(data).putInt(0).put(png, at, png.length - at);
    return repaired(bytes.array());
  }

  private static String type(byte[] png, int at) {
    return new String(png, at + 4, 4, StandardCharsets.US_ASCII);
  }

  /** Repairs the CRCs, as far as the lengths of chunks are valid. */
  static byte[] repaired(byte[] png) {
    ByteBuffer bytes = ByteBuffer.wrap(png);
    for (int at = SIGNATURE; at + FRAME <= png.length; ) {
      int length = bytes.getInt(at);
      if (length < 0 || length > png.length - at - FRAME) {
        return png;
      }
      CRC32 crc = new CRC32();
      crc.update(png, at + 4, 4 + length);
      bytes.putInt(at + 8 + length, (int) crc.getValue());
      at += FRAME + length;
    }
    return png;
  }
}
