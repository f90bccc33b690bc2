package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import java.io.IOException;
import java.util.Set;

/** TIFF files, the colors of some of which the JDK's reader does not convert. */
final class TiffFile {
  private static final int COMPRESSION_TAG = 0x103;
  private static final int COLORS_TAG = 0x106;

  private static final int UNCOMPRESSED = 1;
  private static final int JPEG = 7;

  /** None, CCITT (2 to 4), LZW, JPEG, deflate (two values), PackBits. */
  private static final Set<Integer> COMPRESSIONS =
      Set.of(UNCOMPRESSED, 2, 3, 4, 5, JPEG, 8, 32_946, 32_773);

  /** White is 0, black is 0, RGB and palette are 0 to 3. */
  private static final int PALETTE = 3;

  private static final int CMYK = 5;
  private static final int YCBCR = 6;
  private static final int LAB = 8;

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

  private static int number(FileBytes file, int tag, int missing) throws IOException {
    int value = TiffDirectory.number(file, 0, file.size(), tag);
    return value < 0 ? missing : value;
  }
}
