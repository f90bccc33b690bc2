package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.FileBytes;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An image file for ImageIO, composed of parts of a file and other bytes, so that ImageIO sees only
 * the data that affect the pixels.
 */
final class CompositeImageStream extends ImageInputStreamImpl {
  /** More than any intact image has; limited because each part takes memory. */
  private static final int MAX_PARTS = 1 << 20;

  /** The maximum length of junk with arbitrary content; longer junk must be zeros. */
  private static final int MAX_JUNK = 16;

  /**
   * More than readers need for an intact image. Some continue without data, bit by bit, for
   * minutes.
   */
  private static final int MAX_READS_BEYOND_END = 1 << 10;

  private static final long OVERWRITTEN = -1;

  private final FileBytes file;
  private final List<Part> parts = new ArrayList<>();
  private long end;
  private boolean sealed;
  private int current;
  private int readsBeyondEnd;

  /**
   * The bytes from {@code start} to {@code end} in this stream: {@code bytes}, or the bytes of the
   * file at {@code inFile}, or 0xff if that is {@code OVERWRITTEN}.
   */
  private record Part(long start, long end, byte[] bytes, long inFile) {
    long length() {
      return end - start;
    }
  }

  CompositeImageStream(FileBytes file) {
    this.file = file;
  }

  /** Appends bytes. */
  void add(byte[] bytes) {
    parts.add(new Part(end, end + bytes.length, bytes, OVERWRITTEN));
    end += bytes.length;
  }

  /** Appends a part of the file. */
  void add(long position, long length) throws BadFileException {
    int last = parts.size() - 1;
    if (length == 0) {
      return;
    }
    Part previous = last < 0 ? null : parts.get(last);
    if (previous != null
        && !sealed
        && previous.bytes == null
        && previous.inFile + previous.length() == position) {
      parts.set(last, new Part(previous.start, end + length, null, previous.inFile));
    } else if (parts.size() < MAX_PARTS) {
      parts.add(new Part(end, end + length, null, position));
    } else {
      throw file.corrupt("it is in more than " + MAX_PARTS + " pieces", null);
    }
    sealed = false;
    end += length;
  }

  /** Closes the last part, so that further bytes start a new part. */
  void seal() {
    sealed = true;
  }

  /**
   * Returns the index of the part that was read last; each longer read returns bytes of one part
   * only.
   */
  int current() {
    return current;
  }

  /**
   * Overwrites junk at the end of the sealed part before another part with fill bytes, which are
   * allowed before any JPEG marker.
   *
   * @return whether the bytes are junk: few bytes, or zeros; if the zeros start long before, they
   *     were decoded as pixels, and the end of the data was never written
   */
  boolean overwriteJunk(int previous, long length) throws IOException {
    int index = previous - 1;
    while (index > 0 && parts.get(index).inFile == OVERWRITTEN) {
      index--;
    }
    Part part = parts.get(index);
    if (length > part.length() || part.inFile == OVERWRITTEN) {
      return false;
    }
    long fileEnd = part.inFile + part.length();
    long zerosStart = fileEnd - Math.min(part.length(), length + MAX_JUNK + 1);
    for (long position = zerosStart; position < fileEnd; position++) {
      if (file.at(position) != 0) {
        zerosStart = position + 1;
      }
    }
    long zeroCount = fileEnd - zerosStart;
    if (zeroCount > length + MAX_JUNK || length > MAX_JUNK && zeroCount < length) {
      return false;
    }
    long start = part.end - length;
    parts.set(index, new Part(part.start, start, null, part.inFile));
    parts.add(index + 1, new Part(start, part.end, null, OVERWRITTEN));
    return true;
  }

  @Override
  public int read() throws IOException {
    byte[] buffer = new byte[1];
    return read(buffer, 0, 1) < 0 ? -1 : buffer[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    if (streamPos >= end) {
      if (++readsBeyondEnd > MAX_READS_BEYOND_END) {
        throw file.corrupt("its data end too early", null);
      }
      return -1;
    }
    int count = readPart(target, offset, length);
    // Numbers, which are read at once, may extend over parts.
    while (length <= Long.BYTES && count < length && streamPos < end) {
      count += readPart(target, offset + count, length - count);
    }
    return count;
  }

  private int readPart(byte[] target, int offset, int length) throws IOException {
    Part part = find(streamPos);
    long start = streamPos - part.start;
    int count = (int) Math.min(length, part.end - streamPos);
    if (part.bytes == null && part.inFile == OVERWRITTEN) {
      Arrays.fill(target, offset, offset + count, (byte) 0xff);
    } else if (part.bytes == null) {
      count = file.copy(part.inFile + start, target, offset, count);
      if (count < 0) {
        throw file.truncated();
      }
    } else {
      System.arraycopy(part.bytes, (int) start, target, offset, count);
    }
    streamPos += count;
    return count;
  }

  private Part find(long position) {
    while (position < parts.get(current).start) {
      current--;
    }
    while (position >= parts.get(current).end) {
      current++;
    }
    return parts.get(current);
  }

  @Override
  public long length() {
    return end;
  }
}
