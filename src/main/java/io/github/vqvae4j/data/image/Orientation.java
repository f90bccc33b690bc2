package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import java.io.IOException;

/** Reads the orientation from EXIF data, which is a small TIFF file. */
final class Orientation {
  private static final int TAG = 0x112;

  private Orientation() {}

  /** Returns the orientation, 2 to 8, or 1 (upright) if there is none. */
  static int read(FileBytes file, long start, long end) throws IOException {
    boolean little = file.startsWith(start, "II*\0");
    if (end - start < 8 || !little && !file.startsWith(start, "MM\0*")) {
      return 1;
    }
    long directory = start + integer(file, start + 4, 4, little);
    if (directory + 2 > end) {
      return 1;
    }
    long entries = integer(file, directory, 2, little);
    for (long i = 0; i < entries; i++) {
      long entry = directory + 2 + 12 * i;
      if (entry + 12 > end) {
        return 1;
      }
      if (integer(file, entry, 2, little) == TAG) {
        long value = integer(file, entry + 8, 2, little);
        return value >= 1 && value <= 8 ? (int) value : 1;
      }
    }
    return 1;
  }

  private static long integer(FileBytes file, long position, int length, boolean little)
      throws IOException {
    return little ? file.littleEndian(position, length) : file.bigEndian(position, length);
  }
}
