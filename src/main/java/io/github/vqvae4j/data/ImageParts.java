package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An image file for ImageIO, put together from parts of a file and from other bytes, so that
 * ImageIO sees only what concerns the pixels.
 */
final class ImageParts extends ImageInputStreamImpl {
  /** More than any intact image has; what is known of a part takes memory. */
  private static final int MAX_PARTS = 1 << 20;

  /** So many bytes of junk may hold anything; more must be zeros. */
  private static final int LITTLE = 16;

  private static final long OVERWRITTEN = -1;

  private final FileBytes file;
  private final List<Part> parts = new ArrayList<>();
  private long end;
  private boolean sealed;
  private int current;

  /**
   * From {@code start} to {@code end} in this stream: {@code bytes}, or those of the file, or where
   * that is {@code OVERWRITTEN}, 0xff.
   */
  private record Part(long start, long end, byte[] bytes, long inFile) {
    long length() {
      return end - start;
    }
  }

  ImageParts(FileBytes file) {
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
    Part before = last < 0 ? null : parts.get(last);
    if (before != null
        && !sealed
        && before.bytes == null
        && before.inFile + before.length() == position) {
      parts.set(last, new Part(before.start, end + length, null, before.inFile));
    } else if (parts.size() < MAX_PARTS) {
      parts.add(new Part(end, end + length, null, position));
    } else {
      throw file.corrupt("it is in more than " + MAX_PARTS + " pieces", null);
    }
    sealed = false;
    end += length;
  }

  /** What was added last stays a part of its own. */
  void seal() {
    sealed = true;
  }

  /** The number of the part that was read last: a read gives bytes of one part only. */
  int current() {
    return current;
  }

  /**
   * Overwrites junk at the end of the sealed part before another one with fill bytes, which a JPEG
   * may have before any marker.
   *
   * @return whether it is junk: little, or zeros; but where the zeros begin long before it, they
   *     were taken for pixels, and it is the end that was never written
   */
  boolean overwriteJunk(int before, long length) throws IOException {
    int number = before - 1;
    while (number > 0 && parts.get(number).inFile == OVERWRITTEN) {
      number--;
    }
    Part part = parts.get(number);
    if (length > part.length() || part.inFile == OVERWRITTEN) {
      return false;
    }
    long fileEnd = part.inFile + part.length();
    long zerosFrom = fileEnd - Math.min(part.length(), length + LITTLE + 1);
    for (long at = zerosFrom; at < fileEnd; at++) {
      if (file.at(at) != 0) {
        zerosFrom = at + 1;
      }
    }
    long zeros = fileEnd - zerosFrom;
    if (zeros > length + LITTLE || length > LITTLE && zeros < length) {
      return false;
    }
    long from = part.end - length;
    parts.set(number, new Part(part.start, from, null, part.inFile));
    parts.add(number + 1, new Part(from, part.end, null, OVERWRITTEN));
    return true;
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
    if (part.bytes == null && part.inFile == OVERWRITTEN) {
      Arrays.fill(target, offset, offset + most, (byte) 0xff);
    } else if (part.bytes == null) {
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
