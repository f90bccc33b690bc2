package io.github.vqvae4j.data;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** A file that becomes shorter while it is read is a cut one. */
class FileBytesTest {
  private static final int SIZE = 300_000;

  @TempDir Path folder;

  @Test
  void aFileThatShrinksIsRefusedAsACutOne() throws IOException {
    for (int left : new int[] {0, 1, 70_000, 199_998, 200_000}) {
      shrinks(left, bytes -> bytes.at(200_000));
      shrinks(left, bytes -> bytes.bytes(200_000, 4));
      shrinks(left, bytes -> bytes.bigEndian(200_000, 4));
      shrinks(left, bytes -> bytes.littleEndian(200_000, 4));
      shrinks(left, bytes -> bytes.indexOf(1, 100_000));
      shrinks(left, bytes -> bytes.copy(200_000, new byte[9], 0, 9));
      shrinks(left, bytes -> bytes.startsWith(200_000, "\0\0"));
    }
  }

  private interface Access {
    void on(FileBytes bytes) throws IOException;
  }

  private void shrinks(int left, Access access) throws IOException {
    Path file = Files.write(folder.resolve("a.jpg"), new byte[SIZE]);
    for (long before : new long[] {0, SIZE - 1}) {
      Files.write(file, new byte[SIZE]);
      try (FileBytes bytes = new FileBytes(file)) {
        assertEquals(0, bytes.at(before));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
          channel.truncate(left);
        }
        Executable late = () -> access.on(bytes);
        assertSays(
            assertThrows(BadFileException.class, late, left + " bytes left, after " + before),
            "a.jpg",
            "ends before the end of the image",
            "get the file anew");
      }
    }
  }
}
