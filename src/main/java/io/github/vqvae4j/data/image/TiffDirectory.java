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
   * @return the number, the first one if there are several, or -1 if the tag is missing or this is
   *     not an intact TIFF file
   */
  static int number(FileBytes file, long start, long end, int tag) throws IOException {
    int[] numbers = numbers(file, start, end, tag, 1);
    return numbers.length == 0 ? -1 : numbers[0];
  }

  /**
   * Returns the numbers of a tag, of 16 or 32 bits.
   *
   * @param start the position of the TIFF file
   * @param end the end of the TIFF file
   * @param most the maximum number of numbers
   * @return the first numbers; none if the tag is missing or this is not an intact TIFF file
   */
  static int[] numbers(FileBytes file, long start, long end, int tag, int most) throws IOException {
    boolean little = file.startsWith(start, "II*\0");
    if (end - start < 8 || !little && !file.startsWith(start, "MM\0*")) {
      return new int[0];
    }
    long directory = start + integer(file, start + 4, 4, little);
    if (directory + 2 > end) {
      return new int[0];
    }
    long entries = Math.min(integer(file, directory, 2, little), (end - directory - 2) / 12);
    for (long i = 0; i < entries; i++) {
      long entry = directory + 2 + 12 * i;
      if (integer(file, entry, 2, little) == tag) {
        int bytes = integer(file, entry + 2, 2, little) == LONG ? 4 : 2;
        long count = integer(file, entry + 4, 4, little);
        long first = entry + 8;
        if (count * bytes > 4) {
          first = start + integer(file, first, 4, little);
          count = Math.min(count, (end - first) / bytes);
        }
        int[] numbers = new int[(int) Math.max(0, Math.min(most, count))];
        for (int n = 0; n < numbers.length; n++) {
          numbers[n] = (int) integer(file, first + (long) n * bytes, bytes, little);
        }
        return numbers;
      }
    }
    return new int[0];
  }

  private static long integer(FileBytes file, long position, int length, boolean little)
      throws IOException {
    return little ? file.littleEndian(position, length) : file.bigEndian(position, length);
  }
}
