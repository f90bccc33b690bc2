package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.InputFile;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.Optional;

/** An open code file, whose blocks are found one after the other and read in any order. */
final class CodesFile implements Closeable {
  private final Path file;

  /** Not a FileChannel, which an interrupted thread closes. */
  private final RandomAccessFile in;

  private final CodesHeader header;
  private final long start;

  private CodesFile(Path file, RandomAccessFile in) throws IOException {
    this.file = file;
    this.in = in;
    header = CodesHeader.read(file, in);
    start = in.getFilePointer();
  }

  static CodesFile open(Path file) throws IOException {
    InputFile.requireRegularFile(file, "a code file");
    RandomAccessFile in = new RandomAccessFile(file.toFile(), "r");
    try {
      return new CodesFile(file, in);
    } catch (Throwable failure) {
      in.close();
      throw failure;
    }
  }

  /**
   * The place of a block.
   *
   * @param offset the offset of its first byte
   * @param length its length in bytes
   * @param firstImage the index of its first image
   * @param block the number of images and the flags
   */
  record Place(long offset, long length, long firstImage, CodesBlock block) {
    long end() {
      return offset + length;
    }

    long endImage() {
      return firstImage + block.count();
    }
  }

  CodesHeader header() {
    return header;
  }

  /** Returns the place of the header as a block without images. */
  Place beforeFirst() {
    return new Place(0, start, 0, new CodesBlock(0, 0));
  }

  /**
   * Finds the next block.
   *
   * @param previous the previous block, or {@link #beforeFirst()}
   * @return the block; empty at the end marker
   * @throws BadFileException if the file ends before the end of a block, or is corrupt
   */
  Optional<Place> after(Place previous) throws IOException {
    long offset = previous.end();
    byte[] start = bytes(previous, CodesBlock.HEADER_BYTES);
    int count = ByteBuffer.wrap(start).order(ByteOrder.LITTLE_ENDIAN).getInt();
    if (count == 0) {
      checkEnd(previous);
      return Optional.empty();
    }
    CodesBlock block = new CodesBlock(count, start[Integer.BYTES]);
    boolean isAfterLast = previous.endImage() % header.imagesPerBlock() != 0;
    int flags = CodesBlock.LABELS | CodesBlock.MISSING;
    if (count < 0
        || count > header.imagesPerBlock()
        || isAfterLast
        || (block.flags() & ~flags) != 0) {
      throw bad(offset, "expected a block of codes or the end of the codes, got other bytes");
    }
    long length = block.length(header);
    if (length > Integer.MAX_VALUE - 8 || offset + length > in.length()) {
      throw truncated(previous);
    }
    return Optional.of(new Place(offset, length, previous.endImage(), block));
  }

  private void checkEnd(Place previous) throws IOException {
    ByteBuffer end =
        ByteBuffer.wrap(bytes(previous, CodesBlock.END_BYTES)).order(ByteOrder.LITTLE_ENDIAN);
    long images = end.getLong(Integer.BYTES);
    if (!CodesBlock.isIntact(end) || images != previous.endImage() || images == 0) {
      throw bad(
          previous.end(),
          "expected the end of " + previous.endImage() + " images, got other bytes");
    }
    long after = previous.end() + CodesBlock.END_BYTES;
    if (in.length() != after) {
      throw bad(after, "expected the end of the file, got " + (in.length() - after) + " bytes");
    }
  }

  /**
   * Reads a block.
   *
   * @throws BadFileException if the block is corrupt
   */
  synchronized Codes read(Place place) throws IOException {
    byte[] bytes = new byte[(int) place.length()];
    in.seek(place.offset());
    in.readFully(bytes);
    if (!CodesBlock.isIntact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))) {
      throw bad(
          place.offset(),
          "the checksum of the block of images "
              + place.firstImage()
              + " to "
              + (place.endImage() - 1)
              + " does not match");
    }
    try {
      return place.block().unpack(header, bytes);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "byte " + place.offset(), e.getMessage(), e);
    }
  }

  /** Returns the bytes after a block. */
  private synchronized byte[] bytes(Place previous, int length) throws IOException {
    if (previous.end() + length > in.length()) {
      throw truncated(previous);
    }
    byte[] bytes = new byte[length];
    in.seek(previous.end());
    in.readFully(bytes);
    return bytes;
  }

  private BadFileException truncated(Place previous) throws IOException {
    return bad(
        previous.end(),
        "expected another block or the end of the codes, got "
            + (in.length() - previous.end())
            + " bytes after "
            + previous.endImage()
            + " images");
  }

  private BadFileException bad(long offset, String problem) {
    return new BadFileException(
        file,
        "byte " + offset,
        problem + "; the file is truncated or corrupt, get a new copy, or encode the images again");
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
