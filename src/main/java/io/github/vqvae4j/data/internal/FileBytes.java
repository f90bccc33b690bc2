package io.github.vqvae4j.data.internal;

import io.github.vqvae4j.io.BadFileException;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Buffered random access to the bytes of a file, or of an array. It uses an input stream, which is
 * reopened to go back, because unlike a channel it is not closed when its thread is interrupted.
 */
public final class FileBytes implements Closeable {
  private static final int BUFFER = 1 << 16;

  private final Path file;
  private final long size;
  private final byte[] buffer;
  private InputStream stream;
  private long streamPosition;
  private long start;
  private int count;

  public FileBytes(Path file) throws IOException {
    this.file = file;
    size = Files.size(file);
    buffer = new byte[(int) Math.min(BUFFER, size)];
    stream = Files.newInputStream(file);
  }

  /**
   * Reads an array instead of a file.
   *
   * @param name the name in messages
   * @param bytes not copied
   */
  public FileBytes(Path name, byte[] bytes) {
    file = name;
    size = bytes.length;
    buffer = bytes;
    count = bytes.length;
    stream = InputStream.nullInputStream();
  }

  public Path file() {
    return file;
  }

  public long size() {
    return size;
  }

  /** Returns the byte at a position, 0 to 255, or -1 at the end. */
  public int at(long position) throws IOException {
    return load(position) ? buffer[(int) (position - start)] & 0xff : -1;
  }

  /** Returns the position of the first occurrence of a byte from {@code position} on, or -1. */
  public long indexOf(int value, long position) throws IOException {
    for (long next = position; load(next); next = start + count) {
      for (int i = (int) (next - start); i < count; i++) {
        if (buffer[i] == (byte) value) {
          return start + i;
        }
      }
    }
    return -1;
  }

  /** Copies at most {@code length} bytes; returns their number, or -1 at the end. */
  public int copy(long position, byte[] target, int offset, int length) throws IOException {
    if (!load(position)) {
      return -1;
    }
    int index = (int) (position - start);
    int n = Math.min(length, count - index);
    System.arraycopy(buffer, index, target, offset, n);
    return n;
  }

  /**
   * Returns the given number of bytes.
   *
   * @throws BadFileException if the file ends before
   */
  public byte[] bytes(long position, int length) throws IOException {
    requireEnd(position + length);
    byte[] bytes = new byte[length];
    for (int done = 0; done < length; ) {
      int n = copy(position + done, bytes, done, length - done);
      if (n < 0) {
        throw truncated();
      }
      done += n;
    }
    return bytes;
  }

  /** Returns an unsigned big-endian integer of 1 to 4 bytes. */
  public long bigEndian(long position, int length) throws IOException {
    requireEnd(position + length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | at(position + i);
    }
    return value;
  }

  /** Returns an unsigned little-endian integer of 1 to 4 bytes. */
  public long littleEndian(long position, int length) throws IOException {
    requireEnd(position + length);
    long value = 0;
    for (int i = length - 1; i >= 0; i--) {
      value = value << 8 | at(position + i);
    }
    return value;
  }

  /** Throws an exception if the file ends before a position. */
  public void requireEnd(long position) throws BadFileException {
    if (position > size) {
      throw truncated();
    }
  }

  /** Returns whether the bytes at a position equal the text in ISO 8859-1. */
  public boolean startsWith(long position, String text) throws IOException {
    for (int i = 0; i < text.length(); i++) {
      if (at(position + i) != text.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  public BadFileException truncated() {
    return corrupt("the file ends before the end of the image, after " + size + " bytes", null);
  }

  public BadFileException corrupt(String reason, Exception cause) {
    return new BadFileException(
        file,
        "image data",
        "cannot be decoded ("
            + reason
            + "), expected an intact image; get a new copy of the file or save it again as PNG",
        cause);
  }

  private boolean load(long position) throws IOException {
    if (position >= start && position < start + count) {
      return true;
    }
    if (position < 0 || position >= size) {
      return false;
    }
    if (position < streamPosition) {
      stream.close();
      stream = Files.newInputStream(file);
      streamPosition = 0;
    }
    skip(position - streamPosition);
    count = stream.readNBytes(buffer, 0, buffer.length);
    start = position;
    streamPosition = position + count;
    if (count == 0) {
      throw truncated();
    }
    return true;
  }

  /** Unlike {@code skipNBytes}, reports a file that was truncated in the meantime. */
  private void skip(long length) throws IOException {
    for (long remaining = length; remaining > 0; ) {
      long skipped = stream.skip(remaining);
      if (skipped == 0 && stream.read() >= 0) {
        skipped = 1;
      }
      if (skipped <= 0) {
        throw truncated();
      }
      remaining -= skipped;
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
