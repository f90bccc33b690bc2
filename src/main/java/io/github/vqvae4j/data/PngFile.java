package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;

/**
 * The chunks of a PNG file. ImageIO gets header and pixels only, a palette's indices as if they
 * were shades of gray: so samples come as they are stored, and damaged metadata does no harm. A
 * palette or transparency behind the pixels is out of place and does not count.
 */
final class PngFile {
  static final String SIGNATURE = "\u0089PNG\r\n\u001a\n";

  private static final int GRAY = 0;
  private static final int PALETTE = 3;

  /** Deflate makes at most so much of a byte. */
  private static final int MAX_INFLATION = 1032;

  private final FileBytes file;
  private final ImageParts data;
  private byte[] header;
  private byte[] palette = {};
  private byte[] transparency;
  private long dataLength;
  private boolean dataEnded;
  private int orientation = 1;

  private PngFile(FileBytes file) {
    this.file = file;
    data = new ImageParts(file);
  }

  static ImageSource open(FileBytes file) throws IOException {
    return new PngFile(file).source();
  }

  private ImageSource source() throws IOException {
    if (!file.startsWith(12, "IHDR") || file.bigEndian(8, 4) != 13) {
      throw file.corrupt("a PNG begins with the chunk IHDR, this one does not", null);
    }
    header = file.bytes(16, 13);
    int width = ByteBuffer.wrap(header).getInt(0);
    int height = ByteBuffer.wrap(header).getInt(4);
    ImageSource.checkSize(file, height, width);
    // The data chunks become one, behind the header; the length goes in when it is known.
    byte[] start = new byte[SIGNATURE.length() + 25 + 8];
    data.add(start);
    long at = SIGNATURE.length();
    while (at >= 0) {
      at = chunk(at);
    }
    PixelFormat pixels = pixels();
    long rowBits = (long) width * (pixels.samples() * header[8]);
    long least = (height * ((rowBits + 7) / 8 + 1) + MAX_INFLATION - 1) / MAX_INFLATION;
    ImageSource.checkBytes(file, height, width, least, dataLength);
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

  /** Reads the chunk at a position and gives that of the next, -1 after the last. */
  private long chunk(long at) throws IOException {
    if (at + 12 > file.size()) {
      return end(at);
    }
    long length = file.bigEndian(at, 4);
    String type = new String(file.bytes(at + 4, 4), StandardCharsets.ISO_8859_1);
    long next = at + 12 + length;
    if (next > file.size()) {
      return end(at);
    }
    dataEnded |= dataLength > 0 && !type.equals("IDAT");
    if (!dataEnded) {
      checkSum(at, length);
    }
    switch (type) {
      case "IHDR" -> once(type, at != SIGNATURE.length());
      case "PLTE" -> {
        if (!dataEnded) {
          once(type, palette.length > 0);
          palette = file.bytes(at + 8, (int) Math.min(length / 3, 256) * 3);
        }
      }
      case "tRNS" -> {
        if (!dataEnded) {
          once(type, transparency != null);
          if (header[9] == PALETTE && palette.length == 0) {
            throw file.corrupt("it has a chunk tRNS before its palette", null);
          }
          transparency = file.bytes(at + 8, (int) Math.min(length, 256));
        }
      }
      case "IDAT" -> {
        if (dataEnded) {
          throw file.corrupt("its IDAT chunks do not stand together", null);
        }
        data.add(at + 8, length);
        dataLength += length;
      }
      case "eXIf" -> orientation = Orientation.read(file, at + 8, next - 4);
      case "IEND" -> {
        return end(at);
      }
      default -> {
        if ((type.charAt(0) & 0x20) == 0) {
          throw file.corrupt("it has a critical chunk that no PNG has at byte " + at, null);
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

  /** The pixels must be whole; what comes after them may be missing. */
  private long end(long at) throws IOException {
    boolean cutInData = file.startsWith(at + 4, "IDAT");
    if (dataLength == 0 || cutInData) {
      throw file.cut();
    }
    return -1;
  }

  private void checkSum(long at, long length) throws IOException {
    CRC32 sum = new CRC32();
    byte[] block = new byte[(int) Math.min(length + 4, 1 << 13)];
    for (long done = 0; done < length + 4; ) {
      int most = (int) Math.min(block.length, length + 4 - done);
      int copied = file.copy(at + 4 + done, block, 0, most);
      if (copied < 0) {
        throw file.cut();
      }
      sum.update(block, 0, copied);
      done += copied;
    }
    if (sum.getValue() != file.bigEndian(at + 8 + length, 4)) {
      throw file.corrupt("wrong checksum of the chunk at byte " + at, null);
    }
  }

  private PixelFormat pixels() throws BadFileException {
    int depth = header[8];
    int color = header[9];
    boolean known =
        switch (color) {
          case GRAY -> depth == 1 || depth == 2 || depth == 4 || depth == 8 || depth == 16;
          case PALETTE -> depth == 1 || depth == 2 || depth == 4 || depth == 8;
          case 2, 4, 6 -> depth == 8 || depth == 16;
          default -> false;
        };
    if (!known) {
      throw file.corrupt("a PNG of colour type " + color + " has no " + depth + " bits", null);
    }
    if (color == PALETTE) {
      if (palette.length == 0) {
        throw file.corrupt("it has no palette", null);
      }
      byte[] alpha = transparency == null ? new byte[0] : transparency;
      return PixelFormat.Palette.of(file.file(), palette, alpha);
    }
    boolean alpha = color >= 4;
    int[] largest = new int[((color & 2) == 0 ? 1 : 3) + (alpha ? 1 : 0)];
    Arrays.fill(largest, (1 << depth) - 1);
    return new PixelFormat.Shades(largest, alpha, alpha ? null : transparent(largest));
  }

  /** The one transparent colour, in the lowest bits of two bytes for each sample. */
  private int[] transparent(int[] largest) throws BadFileException {
    if (transparency == null) {
      return null;
    }
    if (transparency.length != 2 * largest.length) {
      throw file.corrupt("its chunk tRNS has " + transparency.length + " bytes", null);
    }
    int[] samples = new int[largest.length];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = ByteBuffer.wrap(transparency).getShort(2 * i) & largest[i];
    }
    return samples;
  }
}
