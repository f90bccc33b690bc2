package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The bytes of a file at any position, through a buffer. It goes through an input stream, which is
 * opened again to go back: unlike a channel, that survives the interruption of its thread.
 */
final class FileBytes implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final long size;
  private final byte[] buffer;
  private InputStream stream;
  private long streamAt;
  private long start;
  private int count;

  FileBytes(Path file) throws IOException {
    this.file = file;
    size = Files.size(file);
    buffer = new byte[(int) Math.min(BUFFER, size)];
    stream = Files.newInputStream(file);
  }

  Path file() {
    return file;
  }

  long size() {
    return size;
  }

  /** The byte at a position, 0 to 255, or -1 at the end. */
  int at(long position) throws IOException {
    return holds(position) ? buffer[(int) (position - start)] & 0xff : -1;
  }

  /** The first place from {@code position} on where a byte stands, or -1. */
  long indexOf(int value, long position) throws IOException {
    for (long next = position; holds(next); next = start + count) {
      for (int i = (int) (next - start); i < count; i++) {
        if (buffer[i] == (byte) value) {
          return start + i;
        }
      }
    }
    return -1;
  }

  /** Copies at most {@code length} bytes; gives how many, -1 at the end. */
  int copy(long position, byte[] target, int offset, int length) throws IOException {
    if (!holds(position)) {
      return -1;
    }
    int from = (int) (position - start);
    int copied = Math.min(length, count - from);
    System.arraycopy(buffer, from, target, offset, copied);
    return copied;
  }

  /**
   * Bytes that must be there.
   *
   * @throws BadFileException if the file ends before
   */
  byte[] bytes(long position, int length) throws IOException {
    requireEnd(position + length);
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      int copied = copy(position + done, bytes, done, length - done);
      if (copied < 0) {
        throw cut();
      }
      done += copied;
    }
    return bytes;
  }

  /** An unsigned number of 1 to 4 bytes, the most significant first. */
  long bigEndian(long position, int length) throws IOException {
    requireEnd(position + length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | at(position + i);
    }
    return value;
  }

  /** An unsigned number of 1 to 4 bytes, the least significant first. */
  long littleEndian(long position, int length) throws IOException {
    requireEnd(position + length);
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | at(position + i);
    }
    return value;
  }

  /** Refuses a file that ends before a position. */
  void requireEnd(long position) throws BadFileException {
    if (position > size) {
      throw cut();
    }
  }

  /** Whether bytes stand at a position, each char of the text for one. */
  boolean startsWith(long position, String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      if (at(position + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  BadFileException cut() {
    return corrupt("the file ends before the end of the image, after " + size + " bytes", null);
  }

  BadFileException corrupt(String reason, Exception cause) {
    return new BadFileException(
        file,
        "image data",
        "cannot be decoded ("
            + reason
            + "), expected a whole, intact image; get the file anew or save it again as PNG",
        cause);
  }

  private boolean holds(long position) throws IOException {
    if (position >= start && position < start + count) {
      return true;
    }
    if (position < 0 || position >= size) {
      return false;
    }
    if (position < streamAt) {
      stream.close();
      stream = Files.newInputStream(file);
      streamAt = 0;
    }
    skip(position - streamAt);
    count = stream.readNBytes(buffer, 0, buffer.length);
    start = position;
    streamAt = position + count;
    if (count == 0) {
      throw cut();
    }
    return true;
  }

  /** Unlike {@code skipNBytes}, it knows a file that became shorter than it was. */
  private void skip(long length) throws IOException {
    for (long left = length; left > 0; ) {
      long skipped = stream.skip(left);
      if (skipped == 0 && stream.read() >= 0) {
        skipped = 1;
      }
      if (skipped <= 0) {
        throw cut();
      }
      left -= skipped;
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
