package io.github.vqvae4j.data.datasets;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Creates and unpacks archives, for tests of all packages. */
public final class Archives {
  private static final int BLOCK = 512;

  private Archives() {}

  /** At most 10 entries and 100,000 bytes. */
  public static void unpack(Path archive, Path folder) throws IOException {
    TarGz.unpack(archive, folder, 10, 100_000);
  }

  /** Appends one entry to an archive in the POSIX.1-1988 layout. */
  public static void entry(OutputStream tar, String name, char type, byte[] content, String prefix)
      throws IOException {
    byte[] header = new byte[BLOCK];
    put(header, 0, name);
    put(header, 124, String.format("%011o", content.length));
    header[156] = (byte) type;
    put(header, 257, "ustar");
    put(header, 345, prefix);
    tar.write(withSums(header));
    tar.write(content);
    tar.write(new byte[(BLOCK - content.length % BLOCK) % BLOCK]);
  }

  /** Corrects all checksums of an archive in place. */
  public static byte[] withSums(byte[] tar) {
    for (int at = 0; at + BLOCK <= tar.length; at += BLOCK) {
      if (tar[at + 257] == 'u') {
        int sum = 0;
        for (int i = 0; i < BLOCK; i++) {
          sum += i >= 148 && i < 156 ? ' ' : tar[at + i] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(digits, 0, tar, at + 148, digits.length);
      }
    }
    return tar;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }
}
