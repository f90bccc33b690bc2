package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file. Only the header and the pixels are passed to ImageIO, and palette
 * indices are declared as gray values, so that samples are returned as stored and corrupt metadata
 * is harmless. A palette or transparency chunk after the pixels is invalid and ignored.
 */
final class PngFile {
  private static final int SIGNATURE_LENGTH = 8;

  private static final int GRAY = 0;
  private static final int PALETTE = 3;

  /** The maximum expansion factor of deflate. */
  private static final int MAX_INFLATION = 1032;

  private final FileBytes file;
  private final CompositeImageStream data;
  private byte[] header;
  private byte[] palette = {};
  private byte[] transparency;
  private long dataLength;
  private boolean dataEnded;
  private int orientation = 1;

  private PngFile(FileBytes file) {
    this.file = file;
    data = new CompositeImageStream(file);
  }

  static ImageSource open(FileBytes file) throws IOException {
    return new PngFile(file).source();
  }

  private ImageSource source() throws IOException {
    if (!file.startsWith(12, "IHDR") || file.bigEndian(8, 4) != 13) {
      throw file.corrupt("it does not start with the chunk IHDR", null);
    }
    header = file.bytes(16, 13);
    int width = ByteBuffer.wrap(header).getInt(0);
    int height = ByteBuffer.wrap(header).getInt(4);
    ImageSource.checkSize(file, height, width);
    // The data chunks are merged into one after the header; its length is set once it is known.
    byte[] start = new byte[SIGNATURE_LENGTH + 25 + 8];
    data.add(start);
    long position = SIGNATURE_LENGTH;
    while (position >= 0) {
      position = chunk(position);
    }
    PixelFormat pixels = pixels();
    long rowBits = (long) width * (pixels.samples() * header[8]);
    long minBytes = (height * ((rowBits + 7) / 8 + 1) + MAX_INFLATION - 1) / MAX_INFLATION;
    ImageSource.checkBytes(file, height, width, minBytes, dataLength);
    if (dataLength > Integer.MAX_VALUE) {
      throw file.corrupt("it has " + dataLength + " bytes of pixels", null);
    }
    ByteBuffer front = ByteBuffer.wrap(start);
    front.put(file.bytes(0, start.length - 8)).putInt((int) dataLength);
    front.put("IDAT".getBytes(StandardCharsets.US_ASCII));
    if (header[9] == PALETTE) {
      front.put(25, (byte) GRAY);
    }
    byte[] end = {0, 0, 0, 0, 0, 0, 0, 0, 'I', 'E', 'N', 'D', 0, 0, 0, 0};
    data.add(end);
    return new ImageSource("png", height, width, data, pixels, orientation);
  }

  /** Reads the chunk at a position and returns the position of the next, or -1 after the last. */
  private long chunk(long position) throws IOException {
    if (position + 12 > file.size()) {
      return end(position);
    }
    long length = file.bigEndian(position, 4);
    String type = new String(file.bytes(position + 4, 4), StandardCharsets.ISO_8859_1);
    long next = position + 12 + length;
    if (next > file.size()) {
      return end(position);
    }
    dataEnded |= dataLength > 0 && !type.equals("IDAT");
    if (!dataEnded) {
      verifyChecksum(position, length);
    }
    switch (type) {
      case "IHDR" -> once(type, position != SIGNATURE_LENGTH);
      case "PLTE" -> {
        if (!dataEnded) {
          once(type, palette.length > 0);
          palette = file.bytes(position + 8, (int) Math.min(length / 3, 256) * 3);
        }
      }
      case "tRNS" -> {
        if (!dataEnded) {
          once(type, transparency != null);
          if (header[9] == PALETTE && palette.length == 0) {
            throw file.corrupt("it has a chunk tRNS before its palette", null);
          }
          transparency = file.bytes(position + 8, (int) Math.min(length, 256));
        }
      }
      case "IDAT" -> {
        if (dataEnded) {
          throw file.corrupt("its IDAT chunks are not consecutive", null);
        }
        data.add(position + 8, length);
        dataLength += length;
      }
      case "eXIf" -> orientation = Orientation.read(file, position + 8, next - 4);
      case "IEND" -> {
        return end(position);
      }
      default -> {
        if ((type.charAt(0) & 0x20) == 0) {
          throw file.corrupt("it has an unknown critical chunk at byte " + position, null);
        }
      }
    }
    return next;
  }

  private void once(String type, boolean again) throws BadFileException {
    if (again) {
      throw file.corrupt("it has a second chunk " + type, null);
    }
  }

  /** The pixel data must be complete; the data after them may be missing. */
  private long end(long position) throws IOException {
    boolean cutInData = file.startsWith(position + 4, "IDAT");
    if (dataLength == 0 || cutInData) {
      throw file.truncated();
    }
    return -1;
  }

  private void verifyChecksum(long position, long length) throws IOException {
    CRC32 sum = new CRC32();
    byte[] block = new byte[(int) Math.min(length + 4, 1 << 13)];
    for (long done = 0; done < length + 4; ) {
      int count = (int) Math.min(block.length, length + 4 - done);
      int copied = file.copy(position + 4 + done, block, 0, count);
      if (copied < 0) {
        throw file.truncated();
      }
      sum.update(block, 0, copied);
      done += copied;
    }
    if (sum.getValue() != file.bigEndian(position + 8 + length, 4)) {
      throw file.corrupt("wrong checksum of the chunk at byte " + position, null);
    }
  }

  private PixelFormat pixels() throws BadFileException {
    int depth = header[8];
    int color = header[9];
    boolean supported =
        switch (color) {
          case GRAY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case 2, 4, 6 -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!supported) {
      throw file.corrupt("color type " + color + " with " + depth + " bits is invalid", null);
    }
    if (color == PALETTE) {
      if (palette.length == 0) {
        throw file.corrupt("it has no palette", null);
      }
      byte[] alpha = transparency == null ? new byte[0] : transparency;
      return PixelFormat.Palette.of(file.file(), palette, alpha);
    }
    boolean alpha = color >= 4;
    int[] max = new int[((color & 2) == 0 ? 1 : 3) + (alpha ? 1 : 0)];
    Arrays.fill(max, (1 << depth) - 1);
    return new PixelFormat.Direct(max, alpha, alpha ? null : transparent(max));
  }

  /** Returns the transparent color, which is stored in the lowest bits of two bytes per sample. */
  private int[] transparent(int[] max) throws BadFileException {
    if (transparency == null) {
      return null;
    }
    if (transparency.length != 2 * max.length) {
      throw file.corrupt("its chunk tRNS has " + transparency.length + " bytes", null);
    }
    int[] samples = new int[max.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = ByteBuffer.wrap(transparency).getShort(2 * i) & max[i];
    }
    return samples;
  }
}
