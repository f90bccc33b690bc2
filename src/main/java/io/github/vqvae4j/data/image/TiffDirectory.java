package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import java.io.IOException;

/** Reads numbers from the first directory of a TIFF file; EXIF data are a small TIFF file. */
final class TiffDirectory {
  /** The type of 32-bit numbers. */
  private static final int LONG = 4;

  private TiffDirectory() {}

  /**
   * Returns the number of a tag, of 16 or 32 bits.
   *
   * @param start the position of the TIFF file
   * @param end the end of the TIFF file
   * @return the number, or -1 if the tag is missing or this is not an intact TIFF file
   */
  static int number(FileBytes file, long start, long end, int tag) throws IOException {
    boolean little = file.startsWith(start, "II*\0");
    if (end - start < 8 || !little && !file.startsWith(start, "MM\0*")) {
      return -1;
    }
    long directory = start + integer(file, start + 4, 4, little);
    if (directory + 2 > end) {
      return -1;
    }
    long entries = Math.min(integer(file, directory, 2, little), (end - directory - 2) / 12);
    for (long i = 0; i < entries; i++) {
      long entry = directory + 2 + 12 * i;
      if (integer(file, entry, 2, little) == tag) {
        boolean isLong = integer(file, entry + 2, 2, little) == LONG;
        return (int) integer(file, entry + 8, isLong ? 4 : 2, little);
      }
    }
    return -1;
  }

  private static long integer(FileBytes file, long position, int length, boolean little)
      throws IOException {
    return little ? file.littleEndian(position, length) : file.bigEndian(position, length);
  }
}
