package io.github.vqvae4j.quantize;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.InputFile;
import io.github.vqvae4j.memory.HeapMemory;
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
  private boolean closed;

  private CodesFile(Path file, RandomAccessFile in) throws IOException {
    this.file = file;
    this.in = in;
    header = CodesHeader.read(file, in);
    start = in.getFilePointer();
  }

  static CodesFile open(Path file) throws IOException {
    InputFile.requireRegularFile(file, "a code file");
    RandomAccessFile in = new RandomAccessFile(FileNames.file(file), "r");
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
    if (length > Integer.MAX_VALUE - 8 || offset + length > length()) {
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
    if (length() != after) {
      throw bad(after, "expected the end of the file, got " + (length() - after) + " bytes");
    }
  }

  /**
   * Reads a block.
   *
   * @throws BadFileException if the block is corrupt
   */
  Codes read(Place place) throws IOException {
    // A file of few bytes may contain many codes: those of a codebook of 2 have one bit.
    return HeapMemory.guard(
        () ->
            FileNames.path(file) + ", with a block of " + Counts.of(place.block().count(), "image"),
        place.block().count() * (long) Integer.BYTES * header.codesPerImage(),
        () -> unpack(place, packed(place)));
  }

  /**
   * Reads a block without unpacking it.
   *
   * @throws BadFileException if its checksum does not match
   */
  byte[] packed(Place place) throws IOException {
    byte[] bytes = bytes(place.offset(), (int) place.length());
    if (!CodesBlock.isIntact(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN))) {
      throw bad(
          place.offset(),
          "the checksum of the block of images "
              + place.firstImage()
              + " to "
              + (place.endImage() - 1)
              + " does not match");
    }
    return bytes;
  }

  /**
   * Unpacks a block.
   *
   * @throws BadFileException if a code or label is out of range
   */
  Codes unpack(Place place, byte[] bytes) throws IOException {
    try {
      return place.block().unpack(header, bytes);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(file, "byte " + place.offset(), e.getMessage(), e);
    }
  }

  /** Returns the bytes after a block. */
  private byte[] bytes(Place previous, int length) throws IOException {
    if (previous.end() + length > length()) {
      throw truncated(previous);
    }
    return bytes(previous.end(), length);
  }

  /** Returns bytes of the file as little-endian. */
  ByteBuffer buffer(long offset, int length) throws IOException {
    return ByteBuffer.wrap(bytes(offset, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private synchronized byte[] bytes(long offset, int length) throws IOException {
    long remaining = length() - offset;
    if (remaining < length) { // it was whole when its blocks were found
      throw bad(offset, "expected " + length + " more bytes, got " + Math.max(0, remaining));
    }
    byte[] bytes = new byte[length];
    in.seek(offset);
    in.readFully(bytes);
    return bytes;
  }

  private synchronized long length() throws IOException {
    requireOpen();
    return in.length();
  }

  /** Throws if the file is closed. */
  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          FileNames.path(file) + ": expected an open code file, got a closed one. Open it again.");
    }
  }

  private BadFileException truncated(Place previous) throws IOException {
    return bad(
        previous.end(),
        "expected another block or the end of the codes, got "
            + (length() - previous.end())
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
  public synchronized void close() throws IOException {
    closed = true;
    in.close();
  }
}
