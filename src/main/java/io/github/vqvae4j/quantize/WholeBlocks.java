package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;

/**
 * The blocks at the start of an unfinished code file that are whole: complete, intact, and with as
 * many images as the header states.
 *
 * @param header the header
 * @param images the number of images, at least 1
 * @param last the last block
 */
record WholeBlocks(CodesHeader header, long images, Codes last) {
  private static final Logger LOG = Log.of(CodesWriter.class);

  /**
   * Cuts off what follows the whole blocks.
   *
   * @return the blocks; empty if there is no file, or none of its blocks is whole
   * @throws BadFileException if the file is not a code file, or its header is corrupt
   */
  static Optional<WholeBlocks> cut(Path file) throws IOException {
    if (!Files.exists(file) || CodesHeader.isTruncated(file)) {
      return Optional.empty();
    }
    CodesHeader header;
    CodesFile.Place end;
    Codes last = null;
    try (CodesFile open = open(file)) {
      header = open.header();
      end = open.beforeFirst();
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
    }
    try (RandomAccessFile all = new RandomAccessFile(FileNames.file(file), "rw")) {
      if (all.length() > end.end()) {
        LOG.info(
            "{}: {} bytes after the {} images of its whole blocks are cut off",
            FileNames.path(file),
            all.length() - end.end(),
            end.endImage());
        all.setLength(end.end());
      }
    }
    return last == null
        ? Optional.empty()
        : Optional.of(new WholeBlocks(header, end.endImage(), last));
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
