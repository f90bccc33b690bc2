package io.github.vqvae4j.data.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.tensor.ChildJvm;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.DeflaterOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A large image of 6 million pixels takes at most twice the heap of its pixels, in a separate JVM.
 */
class LargeImageHeapTest {
  private static final int HEIGHT = 2_000;
  private static final int WIDTH = 3_000;
  private static final int MEGABYTE = 1_000_000;
  private static final int DECODED = HEIGHT * WIDTH * 3 / MEGABYTE;
  private static final int FLOATS = 4 * DECODED;

  @TempDir Path folder;

  @Test
  void readingAnImageTakesAtMostTwiceItsFloats() throws Exception {
    for (String format : new String[] {"png", "jpg"}) {
      run(2 * FLOATS, write(format).resolve("a." + format));
    }
  }

  @Test
  void readingAFolderImageTakesAtMostTwiceItsDecodedBytes() throws Exception {
    for (String format : new String[] {"jpg", "bmp"}) {
      run(2 * DECODED, write(format));
    }
  }

  @Test
  void imageOfASingleRowTakesItsFloatsOnce() throws Exception {
    int width = 1 << 24;
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (DeflaterOutputStream rows = new DeflaterOutputStream(packed)) {
      rows.write(new byte[1 + width / 8]);
    }
    byte[] png = PngBuilder.of(0, 1, width, false).chunk("IDAT", packed.toByteArray()).end();
    run(4 * width / MEGABYTE * 3 / 2, Files.write(folder.resolve("wide.png"), png));
  }

  /** Megabytes are 1,000,000 bytes; the JVM's kilobytes are 1,024 bytes. */
  private static void run(int megabytes, Path path) throws Exception {
    ChildJvm.Result result =
        new ChildJvm()
            .with("-Xmx" + (long) megabytes * MEGABYTE / 1024 + "k")
            .run(LargeImageHeapTest.class, path.toString());
    assertEquals(0, result.exit(), path + ": " + result);
  }

  private Path write(String format) throws IOException {
    BufferedImage buffered = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_3BYTE_BGR);
    for (int i = 0; i < 1000; i++) {
      buffered.setRGB(7 * i % WIDTH, 11 * i % HEIGHT, i * i);
    }
    Path of = Files.createDirectories(folder.resolve(format));
    ImageIO.write(buffered, format, of.resolve("a." + format).toFile());
    return of;
  }

  /** Reads an image, or an image of a folder. */
  public static void main(String[] arguments) throws IOException {
    Path path = Path.of(arguments[0]);
    Dataset read =
        Files.isDirectory(path)
            ? ImageFolder.in(path, ImageFolderConfig.of(64))
            : Images.read(path);
    if (read.size() != 1) {
      throw new IllegalStateException("Expected one image, got " + read);
    }
  }
}
