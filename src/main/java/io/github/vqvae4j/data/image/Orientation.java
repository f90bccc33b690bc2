package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.data.internal.FileKind;
import java.io.IOException;

/** Reads the orientation from EXIF data. */
final class Orientation {
  private static final int TAG = 0x112;

  private Orientation() {}

  /** Returns the orientation of a TIFF or WebP file, 1 (upright) if there is none. */
  static int of(FileBytes file, FileKind kind) throws IOException {
    return switch (kind) {
      case TIFF -> read(file, 0, file.size());
      case WEBP -> ofWebp(file);
      default -> 1;
    };
  }

  private static int ofWebp(FileBytes file) throws IOException {
    for (long chunk = WebpFile.CHUNKS;
        chunk + WebpFile.HEADER <= file.size();
        chunk = WebpFile.next(file, chunk)) {
      long body = chunk + WebpFile.HEADER;
      long end = body + file.littleEndian(chunk + 4, 4);
      if (file.startsWith(chunk, "EXIF") && end <= file.size()) {
        // Some programs write the prefix of JPEG files, too.
        return read(file, file.startsWith(body, "Exif\0\0") ? body + 6 : body, end);
      }
    }
    return 1;
  }

  /**
   * Returns the orientation, 2 to 8, or 1 (upright) if there is none.
   *
   * @param start the position of the EXIF data, a small TIFF file
   */
  static int read(FileBytes file, long start, long end) throws IOException {
    int value = TiffDirectory.number(file, start, end, TAG);
    return value >= 1 && value <= 8 ? value : 1;
  }
}
