package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.memory.HeapMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Decodes the run-length encoded pixels of a BMP; ImageIO would not detect missing rows. Pixels
 * skipped by markers have the index 0, pixels beyond the end of a row are ignored, and the last end
 * marker may be missing.
 */
final class BmpRuns {
  private static final int END_OF_ROW = 0;
  private static final int END_OF_IMAGE = 1;
  private static final int DELTA = 2;
  private static final int HEADERS = 54;
  private static final int PALETTE = 4 * 256;

  private final FileBytes file;
  private final int bits;
  private final int width;
  private final int height;
  private final int rowLength;
  private final byte[] indices;
  private long position;
  private int x;
  private int y;

  private BmpRuns(FileBytes file, long position, int bits, int height, int width) {
    this.file = file;
    this.position = position;
    this.bits = bits;
    this.width = width;
    this.height = height;
    rowLength = (width + 3) / 4 * 4;
    indices = new byte[height * rowLength];
  }

  /**
   * Returns the image as an uncompressed BMP of 8 bits with a black palette.
   *
   * @param position the position of the runs
   * @param bits the number of bits per pixel, 4 or 8
   */
  static CompositeImageStream expand(
      FileBytes file, long position, int bits, int height, int width, boolean topDown)
      throws IOException {
    BmpRuns runs =
        HeapMemory.guard(
            () -> FileNames.path(file.file()) + ", " + height + " x " + width + " pixels of runs,",
            (long) height * width,
            () -> new BmpRuns(file, position, bits, height, width));
    runs.decode();
    ByteBuffer header = ByteBuffer.allocate(HEADERS + PALETTE).order(ByteOrder.LITTLE_ENDIAN);
    int start = header.capacity();
    header.put((byte) 'B').put((byte) 'M').putInt(start + runs.indices.length);
    header
        .putInt(10, start)
        .putInt(14, 40)
        .putInt(18, width)
        .putInt(22, topDown ? -height : height);
    header.putShort(26, (short) 1).putShort(28, (short) 8);
    CompositeImageStream parts = new CompositeImageStream(file);
    parts.add(header.array());
    parts.add(runs.indices);
    return parts;
  }

  /** Decodes until the end marker or the last pixel. */
  private void decode() throws IOException {
    while (y < height && (y < height - 1 || x < width)) {
      int count = next();
      int value = next();
      if (count > 0) {
        run(count, value);
      } else if (value == END_OF_ROW) {
        x = 0;
        y++;
      } else if (value == END_OF_IMAGE) {
        return;
      } else if (value == DELTA) {
        move(next(), next());
      } else {
        literal(value);
      }
    }
  }

  /** Repeats an index, or alternates two of 4 bits. */
  private void run(int count, int value) {
    for (int i = 0; i < count; i++) {
      put(bits == 8 ? value : i % 2 == 0 ? value >> 4 : value & 15);
    }
  }

  /** Decodes literal indices, padded to an even number of bytes. */
  private void literal(int count) throws IOException {
    long end = position + (bits == 8 ? count + 1 : (count + 3) / 2) / 2 * 2;
    int value = 0;
    for (int i = 0; i < count; i++) {
      if (bits == 8) {
        value = next();
        put(value);
      } else {
        value = i % 2 == 0 ? next() : value << 4;
        put(value >> 4 & 15);
      }
    }
    position = end;
  }

  private void move(int right, int up) throws IOException {
    x += right;
    y += up;
    if (x > width || y > height) {
      throw file.corrupt("a delta of " + right + ", " + up + " leaves the image", null);
    }
  }

  private void put(int index) {
    if (x < width) {
      indices[y * rowLength + x++] = (byte) index;
    }
  }

  private int next() throws IOException {
    int value = file.at(position++);
    if (value < 0) {
      throw file.truncated();
    }
    return value;
  }
}
