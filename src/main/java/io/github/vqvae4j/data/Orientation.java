package io.github.vqvae4j.data;

import java.io.IOException;

/** The orientation that a camera noted in EXIF, which is a small TIFF file. */
final class Orientation {
  private static final int TAG = 0x112;

  private Orientation() {}

  /** The orientation, 2 to 8; 1, which is upright, if none is noted. */
  static int read(FileBytes file, long start, long end) throws IOException {
    boolean little = file.startsWith(start, "II*\0");
    if (end - start < 8 || !little && !file.startsWith(start, "MM\0*")) {
      return 1;
    }
    long directory = start + number(file, start + 4, 4, little);
    if (directory + 2 > end) {
      return 1;
    }
    long entries = number(file, directory, 2, little);
    for (long i = 0; i < entries; i++) {
      long entry = directory + 2 + 12 * i;
      if (entry + 12 > end) {
        return 1;
      }
      if (number(file, entry, 2, little) == TAG) {
        long value = number(file, entry + 8, 2, little);
        return value >= 1 && value <= 8 ? (int) value : 1;
      }
    }
    return 1;
  }

  private static long number(FileBytes file, long at, int length, boolean little)
      throws IOException {
    return little ? file.littleEndian(at, length) : file.bigEndian(at, length);
  }
}
