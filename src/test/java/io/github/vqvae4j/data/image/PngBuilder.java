package io.github.vqvae4j.data.image;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/** Writes PNG files chunk by chunk, including corrupt ones. */
final class PngBuilder {
  /** First column, first row, column step and row step of each pass. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final int color;
  private final int depth;
  private final int width;
  private final boolean interlaced;
  private int height = 1;
  private int split = 1 << 30;

  private PngBuilder(int color, int depth, int width, boolean interlaced) {
    this.color = color;
    this.depth = depth;
    this.width = width;
    this.interlaced = interlaced;
  }

  static PngBuilder of(int color, int depth, int width, boolean interlaced) {
    return new PngBuilder(color, depth, width, interlaced);
  }

  /** The height in the header; {@link #pixels} sets the actual one. */
  PngBuilder height(int claimed) {
    height = claimed;
    return this;
  }

  /** The maximum number of bytes of data in a chunk. */
  PngBuilder split(int length) {
    split = length;
    return this;
  }

  PngBuilder chunk(String type, byte[] content) {
    body.writeBytes(chunkBytes(type, content));
    return this;
  }

  private static byte[] chunkBytes(String type, byte[] content) {
    ByteBuffer chunk = ByteBuffer.allocate(12 + content.length).putInt(content.length);
    chunk.put(type.getBytes(StandardCharsets.US_ASCII)).put(content);
    CRC32 sum = new CRC32();
    sum.update(chunk.array(), 4, 4 + content.length);
    return chunk.putInt((int) sum.getValue()).array();
  }

  /** The pixels, without filters: [height, width, samples]. */
  PngBuilder pixels(int[] samples) {
    int bands = new int[] {1, 0, 3, 1, 2, 0, 4}[color];
    height = samples.length / bands / width;
    ByteArrayOutputStream rows = new ByteArrayOutputStream();
    for (int[] pass : interlaced ? ADAM7 : new int[][] {{0, 0, 1, 1}}) {
      for (int y = pass[1]; y < height && pass[0] < width; y += pass[3]) {
        rows.write(0);
        int bits = 0;
        int count = 0;
        for (int x = pass[0]; x < width; x += pass[2]) {
          for (int band = 0; band < bands; band++) {
            bits = bits << depth | samples[(y * width + x) * bands + band];
            for (count += depth; count >= 8; count -= 8) {
              rows.write(bits >> count - 8);
            }
          }
        }
        if (count > 0) {
          rows.write(bits << 8 - count);
        }
      }
    }
    byte[] packed = deflate(rows.toByteArray());
    for (int at = 0; at < packed.length; at += split) {
      chunk("IDAT", Arrays.copyOfRange(packed, at, Math.min(packed.length, at + split)));
    }
    return this;
  }

  private static byte[] deflate(byte[] bytes) {
    Deflater deflater = new Deflater();
    deflater.setInput(bytes);
    deflater.finish();
    byte[] packed = new byte[bytes.length + 100];
    int length = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, length);
  }

  /** Returns the file. */
  byte[] end() {
    byte[] header =
        ByteBuffer.allocate(13)
            .putInt(width)
            .putInt(height)
            .put((byte) depth)
            .put((byte) color)
            .put(12, (byte) (interlaced ? 1 : 0))
            .array();
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("\u0089PNG\r\n\u001a\n".getBytes(StandardCharsets.ISO_8859_1));
    file.writeBytes(chunkBytes("IHDR", header));
    file.writeBytes(body.toByteArray());
    file.writeBytes(chunkBytes("IEND", new byte[0]));
    return file.toByteArray();
  }
}
