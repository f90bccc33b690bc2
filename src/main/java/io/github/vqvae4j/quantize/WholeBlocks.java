package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * The blocks at the start of an unfinished code file that are whole: complete, intact, and with as
 * many images as the header states.
 *
 * @param header the header
 * @param images the number of images
 * @param last the last block; empty if there is none
 * @param end the end of the last block in bytes
 */
record WholeBlocks(CodesHeader header, long images, Optional<Codes> last, long end) {
  private static final Logger LOG = Log.of(CodesWriter.class);

  /**
   * Finds the whole blocks of a file.
   *
   * @return the blocks; empty if there is no file, or its header is incomplete
   * @throws BadFileException if the file is not a code file, or its header is corrupt
   */
  static Optional<WholeBlocks> of(Path file) throws IOException {
    if (!Files.exists(file) || CodesHeader.isTruncated(file)) {
      return Optional.empty();
    }
    try (CodesFile open = open(file)) {
      CodesHeader header = open.header();
      CodesFile.Place end = open.beforeFirst();
      Codes last = null;
      try {
        for (Optional<CodesFile.Place> next = open.after(end);
            next.isPresent() && next.get().block().count() == header.imagesPerBlock();
            next = open.after(end)) {
          last = open.read(next.get());
          end = next.get();
        }
      } catch (BadFileException e) {
        LOG.debug("The next block is not whole", e);
      }
      return Optional.of(
          new WholeBlocks(header, end.endImage(), Optional.ofNullable(last), end.end()));
    }
  }

  private static CodesFile open(Path file) throws IOException {
    try {
      return CodesFile.open(file);
    } catch (BadFileException e) {
      throw new BadFileException(
          file,
          e.location(),
          "expected an unfinished code file, delete it to start anew: " + e.problem(),
          e);
    }
  }
}
