package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** TIFF files, the colors of some of which the JDK's reader does not convert. */
final class TiffFile {
  private static final int BITS_TAG = 0x102;
  private static final int COMPRESSION_TAG = 0x103;
  private static final int COLORS_TAG = 0x106;
  private static final int FORMAT_TAG = 0x153;

  private static final int UNSIGNED = 1;
  private static final int SIGNED = 2;
  private static final int FLOAT = 3;

  private static final int UNCOMPRESSED = 1;
  private static final int LZW = 5;
  private static final int JPEG = 7;
  private static final int DEFLATE = 8;
  private static final int OLD_DEFLATE = 32_946;
  private static final int PACK_BITS = 32_773;

  /** 2 to 4 are those of CCITT. */
  private static final Set<Integer> COMPRESSIONS =
      Set.of(UNCOMPRESSED, 2, 3, 4, LZW, JPEG, DEFLATE, OLD_DEFLATE, PACK_BITS);

  /** White is 0, black is 0, RGB and palette are 0 to 3. */
  private static final int PALETTE = 3;

  private static final int CMYK = 5;
  private static final int YCBCR = 6;
  private static final int LAB = 8;

  /** The maximum number of channels whose bits are checked. */
  private static final int MAX_CHANNELS = 64;

  /**
   * The largest numbers of bytes that a compressed byte may become. In LZW, 12 bits are at most
   * 4,096 bytes; in PackBits, two bytes are at most 128; in deflate, 258 bytes take two bits.
   */
  private static final Map<Integer, Integer> EXPANSIONS =
      Map.of(UNCOMPRESSED, 1, LZW, 2_731, DEFLATE, 1_032, OLD_DEFLATE, 1_032, PACK_BITS, 64);

  private TiffFile() {}

  /** Returns what the JDK's reader rejects or decodes to other colors, or null if it does not. */
  static String unsupported(FileBytes file) throws IOException {
    if (file.at(2) == '+' || file.at(3) == '+') {
      return "a BigTIFF image";
    }
    int compression = number(file, COMPRESSION_TAG, UNCOMPRESSED);
    if (!COMPRESSIONS.contains(compression)) {
      return "a TIFF image with compression " + compression;
    }
    int format = number(file, FORMAT_TAG, UNSIGNED);
    for (int bits : bits(file)) {
      if (!isSupported(format, bits)) {
        String kind = format == FLOAT ? "floating-point" : format == SIGNED ? "signed" : "unsigned";
        return "a TIFF image with " + bits + "-bit " + kind + " samples";
      }
    }
    int colors = number(file, COLORS_TAG, 0);
    if (colors <= PALETTE || colors == YCBCR && compression == JPEG) {
      return null;
    }
    String name =
        switch (colors) {
          case CMYK -> "CMYK";
          case YCBCR -> "YCbCr";
          case LAB -> "Lab";
          default -> "color space " + colors;
        };
    return "a TIFF image in " + name;
  }

  /** Returns whether the JDK's reader returns the right values of samples. */
  private static boolean isSupported(int format, int bits) {
    return switch (format) {
      case SIGNED -> bits == Short.SIZE || bits == Integer.SIZE;
      case FLOAT -> bits == Float.SIZE || bits == Double.SIZE;
      default -> bits <= Short.SIZE || bits == Integer.SIZE;
    };
  }

  private static int[] bits(FileBytes file) throws IOException {
    return TiffDirectory.numbers(file, 0, file.size(), BITS_TAG, MAX_CHANNELS);
  }

  /** Checks that the file has enough bytes for its pixels. */
  static void checkBytes(FileBytes file, int height, int width) throws IOException {
    Integer expansion = EXPANSIONS.get(number(file, COMPRESSION_TAG, UNCOMPRESSED));
    if (expansion != null) {
      long bits = Math.max(1, Arrays.stream(bits(file)).asLongStream().sum());
      long least = (long) height * width * bits / Byte.SIZE / expansion;
      ImageSource.checkBytes(file, height, width, least, file.size());
    }
  }

  /**
   * Corrects the color model of the JDK's reader, which scales samples of fewer bits to 8 or 16
   * bits, but declares the original number of bits.
   */
  static BufferedImage scaled(BufferedImage decoded) {
    ColorModel model = decoded.getColorModel();
    int type = model.getTransferType();
    boolean integers = type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT;
    if (!(model instanceof ComponentColorModel) || !integers) {
      return decoded;
    }
    ColorModel allBits =
        new ComponentColorModel(
            model.getColorSpace(),
            model.hasAlpha(),
            model.isAlphaPremultiplied(),
            model.getTransparency(),
            type);
    return new BufferedImage(allBits, decoded.getRaster(), model.isAlphaPremultiplied(), null);
  }

  private static int number(FileBytes file, int tag, int missing) throws IOException {
    int value = TiffDirectory.number(file, 0, file.size(), tag);
    return value < 0 ? missing : value;
  }
}
