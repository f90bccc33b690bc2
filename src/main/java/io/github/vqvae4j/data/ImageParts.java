package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An image file for ImageIO, put together from parts of a file and from other bytes, so that
 * ImageIO sees only what concerns the pixels.
 */
final class ImageParts extends ImageInputStreamImpl {
  /** More than any intact image has; what is known of a part takes memory. */
  private static final int MAX_PARTS = 1 << 20;

  private final FileBytes file;
  private final List<Part> parts = new ArrayList<>();
  private long end;
  private int current;

  /** From {@code start} to {@code end} in this stream: {@code bytes}, or those of the file. */
  private record Part(long start, long end, byte[] bytes, long inFile) {}

  ImageParts(FileBytes file) {
    this.file = file;
  }

  /** Appends bytes. */
  void add(byte[] bytes) {
    parts.add(new Part(end, end + bytes.length, bytes, -1));
    end += bytes.length;
  }

  /** Appends a part of the file. */
  void add(long position, long length) throws BadFileException {
    int last = parts.size() - 1;
    if (length == 0) {
      return;
    }
    Part before = last < 0 ? null : parts.get(last);
    if (before != null
        && before.bytes == null
        && before.inFile + before.end - before.start == position) {
      parts.set(last, new Part(before.start, end + length, null, before.inFile));
    } else if (parts.size() < MAX_PARTS) {
      parts.add(new Part(end, end + length, null, position));
    } else {
      throw file.corrupt("it is in more than " + MAX_PARTS + " pieces", null);
    }
    end += length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    checkClosed();
    bitOffset = 0;
    if (streamPos >= end || length == 0) {
      return length == 0 ? 0 : -1;
    }
    Part part = find(streamPos);
    long from = streamPos - part.start;
    int most = (int) Math.min(length, part.end - streamPos);
    if (part.bytes == null) {
      most = file.copy(part.inFile + from, target, offset, most);
    } else {
      System.arraycopy(part.bytes, (int) from, target, offset, most);
    }
    streamPos += Math.max(0, most);
    return most;
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
