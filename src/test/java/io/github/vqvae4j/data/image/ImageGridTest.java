package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageGridTest {
  @TempDir Path folder;

  @Test
  void rowsAreSeparatedByAGap() throws IOException {
    Images upper = Images.of(new float[] {0, 0.2f}, 2, 1, 1, 1);
    Images lower = Images.of(new float[] {0.4f}, 1, 1, 1, 1);
    Images grid = grid(List.of(upper, lower), 1);
    assertEquals("Images[1, 4, 4, 1]", grid.toString());
    assertArrayEquals(
        new float[] {
          0, 1, 1, 0.2f, //
          1, 1, 1, 1, //
          1, 1, 1, 1, //
          0.4f, 1, 1, 1
        },
        grid.pixels());
  }

  @Test
  void pixelsAreEnlarged() throws IOException {
    Images one = Images.of(new float[] {0, 0.2f, 0.4f, 0.6f, 0.8f, 1}, 1, 1, 2, 3);
    Images grid = grid(List.of(one), 2);
    assertEquals("Images[1, 2, 4, 3]", grid.toString());
    float[] row = {0, 0.2f, 0.4f, 0, 0.2f, 0.4f, 0.6f, 0.8f, 1, 0.6f, 0.8f, 1};
    for (int i = 0; i < 24; i++) {
      assertEquals(row[i % 12], grid.pixels()[i]);
    }
  }

  @Test
  void imagesAreArrangedInColumnsAndEnlarged() throws IOException {
    Images five = Images.of(new float[5 * 28 * 28], 5, 28, 28, 1);
    Path file = folder.resolve("grid.png");
    Images.writeGrid(five, 2, file);
    // Three rows of two images of 4 * 28 pixels, with gaps of 2.
    assertEquals("Images[1, 340, 226, 1]", Images.read(file).toString());
    Images.writeGrid(five, file);
    // Default number of columns: the square root, rounded up, here 3.
    assertEquals("Images[1, 226, 340, 1]", Images.read(file).toString());
    Images.writeGrid(Images.of(new float[60 * 60], 1, 60, 60, 1), file);
    assertEquals("Images[1, 60, 60, 1]", Images.read(file).toString());
  }

  @Test
  void manyImagesAreEnlargedLess() {
    Images row = Images.of(new float[100 * 28 * 28], 100, 28, 28, 1);
    assertEquals(4, layout(List.of(row)).scale());
    assertEquals(2, layout(Collections.nCopies(100, row)).scale());
  }

  @Test
  void invalidGridsAreRejected() {
    Images gray = Images.of(new float[4], 1, 2, 2, 1);
    Path file = folder.resolve("grid.png");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.writeGrid(gray, 0, file)),
        "got 0 columns",
        "at least 1");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> Images.writeGrid(List.of(gray), 0, file)),
        "got scale 0",
        "at least 1");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.writeGrid(List.of(), file)),
        "got no images");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Images.writeGrid(List.of(gray, gray.toColor()), file)),
        "Images[1, 2, 2, 3] together with Images[1, 2, 2, 1]",
        "toColor");
    for (int scale : new int[] {5_000, Integer.MAX_VALUE}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> Images.writeGrid(List.of(gray), scale, file)),
          "got a grid of",
          "at most 67108864",
          "smaller scale");
    }
    assertThrows(
        IllegalArgumentException.class, () -> Images.writeGrid(gray, folder.resolve("grid.tif")));
  }

  private Images grid(List<Images> rows, int scale) throws IOException {
    Path file = folder.resolve("grid.png");
    Images.writeGrid(rows, scale, file);
    return Images.read(file);
  }

  private static GridLayout layout(List<Images> rows) {
    ImageGrid grid = new ImageGrid();
    rows.forEach(grid::row);
    return grid.layout();
  }
}
