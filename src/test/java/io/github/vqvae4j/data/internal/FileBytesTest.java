package io.github.vqvae4j.data.internal;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A file that is shortened while being read is reported as truncated. */
class FileBytesTest {
  private static final int SIZE = 300_000;

  @TempDir Path folder;

  @Test
  void shrinkingFileIsReportedAsTruncated() throws IOException {
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

  /** At any time; data read before is the image. */
  @ParameterizedTest
  @ValueSource(strings = {"jpg", "png", "bmp"})
  void shrinkingImageIsReadOrReportedAsTruncated(String format) throws Exception {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    BufferedImage buffered = new BufferedImage(400, 400, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < 400 * 400; i++) {
      buffered.setRGB(i % 400, i / 400, random.nextInt());
    }
    Path file = folder.resolve("a." + format);
    ImageIO.write(buffered, format, file.toFile());
    byte[] whole = Files.readAllBytes(file);
    Images expected = Images.read(file);
    for (int round = 0; round < 30; round++) {
      Files.write(file, whole);
      long delay = random.nextInt(10_000_000);
      Thread cutter = new Thread(() -> truncateAfter(file, whole.length / 3, delay));
      cutter.start();
      try {
        assertEquals(expected, Images.read(file), "seed " + seed);
      } catch (BadFileException e) {
        assertMessageContains(e, "a." + format, "ends before the end of the image");
      }
      cutter.join();
    }
  }

  private static void truncateAfter(Path file, long length, long nanos) {
    LockSupport.parkNanos(nanos);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(length);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
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
        assertMessageContains(
            assertThrows(BadFileException.class, late, left + " bytes left, after " + before),
            "a.jpg",
            "ends before the end of the image",
            "get a new copy of the file");
      }
    }
  }
}
