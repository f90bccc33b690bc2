package io.github.vqvae4j.data.image;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The segments of an intact JPEG, and modifications of its bytes. */
final class JpegBytes {
  /** The entropy-coded data of a scan. */
  record Scan(int start, int end) {
    int length() {
      return end - start;
    }
  }

  private JpegBytes() {}

  static int frame(byte[] file) {
    return segments(file).stream()
        .filter(at -> (file[at + 1] & 0xff) >= 0xc0 && (file[at + 1] & 0xff) <= 0xc2)
        .findFirst()
        .orElseThrow();
  }

  /** The positions of the segments after the first marker, the end marker last. */
  static List<Integer> segments(byte[] file) {
    List<Integer> found = new ArrayList<>();
    for (int at = 2; ; ) {
      found.add(at);
      int marker = file[at + 1] & 0xff;
      if (marker == 0xd9) {
        return found;
      }
      at = bodyEnd(file, at);
      while (marker == 0xda
          && (file[at] != -1 || file[at + 1] == 0 || (file[at + 1] & 0xf8) == 0xd0)) {
        at++;
      }
    }
  }

  static List<Scan> scans(byte[] file) {
    List<Integer> segments = segments(file);
    List<Scan> scans = new ArrayList<>();
    for (int i = 0; i < segments.size(); i++) {
      int at = segments.get(i);
      if ((file[at + 1] & 0xff) == 0xda) {
        scans.add(new Scan(bodyEnd(file, at), segments.get(i + 1)));
      }
    }
    return scans;
  }

  private static int bodyEnd(byte[] file, int at) {
    return at + 2 + ((file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff);
  }

  static byte[] segment(int marker, String body) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0xff);
    bytes.write(marker);
    bytes.write(body.length() + 2 >> 8);
    bytes.write(body.length() + 2);
    body.chars().forEach(bytes::write);
    return bytes.toByteArray();
  }

  static byte[] insert(byte[] file, int at, byte[] bytes) {
    byte[] longer = Arrays.copyOf(file, file.length + bytes.length);
    System.arraycopy(bytes, 0, longer, at, bytes.length);
    System.arraycopy(file, at, longer, at + bytes.length, file.length - at);
    return longer;
  }

  /** Removes the bytes from {@code from} to {@code to}. */
  static byte[] remove(byte[] file, int from, int to) {
    byte[] shorter = Arrays.copyOf(file, file.length - (to - from));
    System.arraycopy(file, to, shorter, from, file.length - to);
    return shorter;
  }
}
