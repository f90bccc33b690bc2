package io.github.vqvae4j.data.series;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** WAV files composed byte by byte, valid and invalid, for tests. */
public final class WavBytes {
  public static final int PCM = 1;
  public static final int FLOAT = 3;

  private static final byte[] GUID_TAIL = {0, 0, 0, 0, 16, 0, -128, 0, 0, -86, 0, 56, -101, 113};

  private WavBytes() {}

  /** Concatenates parts. */
  public static byte[] join(byte[]... parts) {
    int length = 0;
    for (byte[] part : parts) {
      length += part.length;
    }
    ByteBuffer all = ByteBuffer.allocate(length);
    for (byte[] part : parts) {
      all.put(part);
    }
    return all.array();
  }

  /** A file with the correct RIFF size. */
  public static byte[] riff(byte[]... chunks) {
    byte[] all = join(chunks);
    return join(head("RIFF", all.length + 4L), all);
  }

  public static byte[] head(String magic, long size) {
    return little(12).put(ascii(magic)).putInt((int) size).put(ascii("WAVE")).array();
  }

  /** A chunk with the correct size, without padding. */
  public static byte[] chunk(String id, byte... content) {
    return sized(id, content.length, content);
  }

  /** A chunk with the given size in its header. */
  public static byte[] sized(String id, long size, byte... content) {
    return little(8 + content.length).put(ascii(id)).putInt((int) size).put(content).array();
  }

  public static byte[] fmt(int tag, int channels, long rate, int align, int bits) {
    return chunk("fmt ", fields(tag, channels, rate, align, bits));
  }

  public static byte[] extensible(
      int tag, int channels, long rate, int align, int bits, int valid) {
    ByteBuffer fmt = little(40).put(fields(0xFFFE, channels, rate, align, bits));
    fmt.putShort((short) 22).putShort((short) valid).putInt(0).putShort((short) tag);
    return chunk("fmt ", fmt.put(GUID_TAIL).array());
  }

  private static byte[] fields(int tag, int channels, long rate, int align, int bits) {
    ByteBuffer fmt = little(16).putShort((short) tag).putShort((short) channels);
    fmt.putInt((int) rate).putInt((int) (rate * align));
    return fmt.putShort((short) align).putShort((short) bits).array();
  }

  public static byte[] ds64(long riffSize, long dataSize) {
    ByteBuffer sizes = little(28).putLong(riffSize).putLong(dataSize).putLong(0).putInt(0);
    return chunk("ds64", sizes.array());
  }

  /** The upper bytes of 64-bit samples, little-endian. */
  static byte[] ints(int bytes, long... samples) {
    ByteBuffer data = little(bytes * samples.length);
    for (long sample : samples) {
      for (int i = 0; i < bytes; i++) {
        data.put((byte) (sample >> 64 - 8 * (bytes - i)));
      }
    }
    return data.array();
  }

  static byte[] floats(float... samples) {
    ByteBuffer data = little(4 * samples.length);
    for (float sample : samples) {
      data.putFloat(sample);
    }
    return data.array();
  }

  static byte[] doubles(double... samples) {
    ByteBuffer data = little(8 * samples.length);
    for (double sample : samples) {
      data.putDouble(sample);
    }
    return data.array();
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static ByteBuffer little(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }
}
