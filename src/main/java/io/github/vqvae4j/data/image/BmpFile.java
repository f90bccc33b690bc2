package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/**
 * The header of a BMP file. It is passed to ImageIO with the actual file size and without a color
 * profile; the palette is read here, because ImageIO does not report its number of colors.
 */
final class BmpFile {
  private static final int FILE_HEADER = 14;
  private static final int CORE_HEADER = 12;
  private static final List<Integer> HEADERS = List.of(CORE_HEADER, 40, 52, 56, 108, 124);
  private static final int RGB = 0;
  private static final int RLE8 = 1;
  private static final int RLE4 = 2;
  private static final int BIT_FIELDS = 3;

  /**
   * The maximum number of pixels that markers between runs may skip: a few bytes could otherwise
   * allocate much memory.
   */
  private static final int MAX_SKIPPED = 1 << 20;

  private final FileBytes file;
  private final long pixelsAt;
  private final int headerLength;
  private final boolean core;
  private final int width;
  private final int height;
  private final boolean topDown;
  private final int bits;
  private final int compression;

  private BmpFile(FileBytes file) throws IOException {
    this.file = file;
    pixelsAt = file.littleEndian(10, 4);
    headerLength = (int) file.littleEndian(14, 4);
    core = headerLength == CORE_HEADER;
    if (!HEADERS.contains(headerLength)) {
      throw unsupported("header of " + headerLength + " bytes", "one of " + HEADERS);
    }
    file.requireEnd(FILE_HEADER + headerLength);
    width = core ? (short) file.littleEndian(18, 2) : (int) file.littleEndian(18, 4);
    int rows = core ? (short) file.littleEndian(20, 2) : (int) file.littleEndian(22, 4);
    topDown = rows < 0;
    height = Math.abs(rows);
    bits = (int) file.littleEndian(core ? 24 : 28, 2);
    compression = core ? RGB : (int) file.littleEndian(30, 4);
  }

  static ImageSource open(FileBytes file) throws IOException {
    return new BmpFile(file).source();
  }

  private ImageSource source() throws IOException {
    boolean supported =
        switch (compression) {
          case RGB -> List.of(1, 4, 8, 16, 24, 32).contains(bits);
          case RLE8 -> bits == 8;
          case RLE4 -> bits == 4;
          case BIT_FIELDS -> bits == 16 || bits == 32;
          default -> false;
        };
    if (!supported) {
      throw unsupported(
          "compression " + compression + " and " + bits + " bits",
          "0 to 3 (none, RLE, bit fields) and 1 to 32");
    }
    ImageSource.checkSize(file, height, width);
    long rowLength = ((long) width * bits + 31) / 32 * 4;
    long minBytes = rowLength * (height - 1L) + ((long) width * bits + 7) / 8;
    boolean runs = compression == RLE8 || compression == RLE4;
    if (runs) {
      // Two bytes encode at most 255 pixels of a row, unless markers skip them.
      minBytes = (long) width * height <= MAX_SKIPPED ? 1 : (width + 254L) / 255 * 2 * height;
    }
    ImageSource.checkBytes(file, height, width, minBytes, Math.max(0, file.size() - pixelsAt));
    PixelFormat pixels = pixels();
    CompositeImageStream data =
        runs ? BmpRuns.expand(file, pixelsAt, bits, height, width, topDown) : rows();
    return new ImageSource("bmp", height, width, data, pixels, 1);
  }

  private CompositeImageStream rows() throws IOException {
    CompositeImageStream data = new CompositeImageStream(file);
    data.add(header());
    int headers = FILE_HEADER + headerLength;
    data.add(headers, file.size() - headers);
    // The last row may lack its padding.
    data.add(new byte[4]);
    return data;
  }

  private byte[] header() throws IOException {
    byte[] header = file.bytes(0, FILE_HEADER + headerLength);
    long length = Math.min(file.size() + 4, 0xffffffffL);
    for (int i = 0; i < 4; i++) {
      header[2 + i] = (byte) (length >> 8 * i);
    }
    if (headerLength >= 56 && compression == RGB) {
      Arrays.fill(header, 66, 70, (byte) 0); // The alpha mask applies to bit fields only.
    }
    if (headerLength >= 108) {
      System.arraycopy(new byte[] {'B', 'G', 'R', 's'}, 0, header, 70, 4);
    }
    return header;
  }

  private PixelFormat pixels() throws IOException {
    if (bits <= 8) {
      return palette();
    }
    if (compression == RGB) {
      int max = bits == 16 ? 31 : 255;
      return new PixelFormat.Direct(new int[] {max, max, max}, false, null);
    }
    boolean alpha = headerLength >= 56 && file.littleEndian(66, 4) != 0;
    if (alpha && bits == 16) {
      throw unsupported("16 bits with alpha", "16 bits without or 32 bits");
    }
    int[] max = new int[alpha ? 4 : 3];
    for (int i = 0; i < max.length; i++) {
      int mask = (int) file.littleEndian(54 + 4L * i, 4);
      if (mask == 0 || Integer.bitCount(mask) > 16) {
        throw file.corrupt("it has the bit mask " + Integer.toHexString(mask), null);
      }
      max[i] = (1 << Integer.bitCount(mask)) - 1;
    }
    return new PixelFormat.Direct(max, alpha, null);
  }

  private PixelFormat palette() throws IOException {
    int start = FILE_HEADER + headerLength;
    int entry = core ? 3 : 4;
    long used = core ? 0 : file.littleEndian(46, 4);
    long size = used == 0 || used > 1 << bits ? 1 << bits : used;
    size = Math.min(size, (pixelsAt - start) / entry);
    if (size < 1) {
      throw file.corrupt("it has no palette", null);
    }
    byte[] rgb = new byte[(int) size * 3];
    byte[] bgr = file.bytes(start, (int) size * entry);
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = bgr[i / 3 * entry + 2 - i % 3];
    }
    return PixelFormat.Palette.of(file.file(), rgb, new byte[0]);
  }

  private BadFileException unsupported(String actual, String expected) {
    return new BadFileException(
        file.file(),
        "header",
        "got a BMP with " + actual + ", expected " + expected + "; save it again as PNG");
  }
}
