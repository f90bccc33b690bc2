package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** PNG in memory and grids as images equal the files. */
class ImageBytesTest {
  private static Images two() {
    float[] pixels = new float[2 * 5 * 4 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) i / pixels.length;
    }
    return Images.of(pixels, 2, 5, 4, 3);
  }

  @Test
  void encodedBytesEqualTheFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("one.png");
    Images.write(two().image(1), file);
    assertArrayEquals(Files.readAllBytes(file), Images.png(two().image(1)));
  }

  @Test
  void gridEqualsTheFile(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("grid.png");
    List<Images> rows = List.of(two(), two());
    Images.writeGrid(rows, file);
    Images grid = Images.grid(rows);
    assertEquals(1, grid.size());
    assertArrayEquals(Files.readAllBytes(file), Images.png(grid));
  }

  @Test
  void severalImagesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.png(two())),
        "got 2 images",
        "expected 1");
  }
}
