package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;

/** WebP files, in the format of RIFF: chunks with a name, a length and an even number of bytes. */
final class WebpFile {
  /** The position of the first chunk. */
  static final int CHUNKS = 12;

  /** The number of bytes of the name and the length of a chunk. */
  static final int HEADER = 8;

  /** The flag of a color profile in the first byte of an extended header. */
  private static final int PROFILE = 0x20;

  private WebpFile() {}

  /** Returns the position after a chunk. */
  static long next(FileBytes file, long chunk) throws IOException {
    long length = file.littleEndian(chunk + 4, 4);
    return chunk + HEADER + length + (length & 1);
  }

  /**
   * Adds a file to a stream, with any color profile as a chunk of unknown kind: plugins would
   * convert the colors, but profiles are ignored in all RGB images.
   *
   * @throws BadFileException if the file is truncated
   */
  static void addWithoutProfile(FileBytes file, CompositeImageStream stream) throws IOException {
    long end = HEADER + file.littleEndian(4, 4);
    file.requireEnd(end);
    long added = 0;
    for (long chunk = CHUNKS; chunk + HEADER < end; chunk = next(file, chunk)) {
      if (file.startsWith(chunk, "ICCP")) {
        stream.add(added, chunk - added);
        stream.add(new byte[] {'X'});
        added = chunk + 1;
      } else if (file.startsWith(chunk, "VP8X")) {
        long flags = chunk + HEADER;
        stream.add(added, flags - added);
        stream.add(new byte[] {(byte) (file.at(flags) & ~PROFILE)});
        added = flags + 1;
      }
    }
    stream.add(added, file.size() - added);
  }
}
