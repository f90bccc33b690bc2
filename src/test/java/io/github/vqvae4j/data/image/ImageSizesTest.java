package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.Golden;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Crops, scaled and padded images. */
class ImageSizesTest {
  /** Two images of 2 x 3 pixels; the value of a pixel is 10 * row + column, plus 100 * image. */
  private final Images two =
      Images.of(new float[] {0, 1, 2, 10, 11, 12, 100, 101, 102, 110, 111, 112}, 2, 2, 3, 1)
          .withLabels(7, -1);

  @Test
  void cropReturnsTheSameRectangleOfEveryImage() {
    assertEquals(
        Images.of(new float[] {11, 12, 111, 112}, 2, 1, 2, 1).withLabels(7, -1),
        two.crop(1, 1, 1, 2));
    assertEquals(two, two.crop(0, 0, 2, 3));
    Images color = Images.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 2, 3);
    assertArrayEquals(new float[] {4, 5, 6}, color.crop(0, 1, 1, 1).pixels());
  }

  @Test
  void cropsBeyondTheImageAreRejected() {
    for (int[] at :
        List.of(
            new int[] {-1, 0, 1, 1},
            new int[] {0, -1, 1, 1},
            new int[] {0, 0, 0, 1},
            new int[] {0, 0, 1, 0},
            new int[] {1, 0, 2, 1},
            new int[] {0, 2, 1, 2},
            new int[] {0, 1, 1, Integer.MAX_VALUE})) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> two.crop(at[0], at[1], at[2], at[3])),
          "got a crop of " + at[2] + " x " + at[3] + " pixels from row " + at[0],
          "inside 2 x 3");
    }
  }

  @Test
  void resizeEqualsPyTorch() throws IOException {
    Golden golden = Golden.read("resample");
    int cases = Integer.parseInt(golden.setting("cases"));
    for (int i = 0; i < cases; i++) {
      String name = "case" + i + ".";
      long[] from = golden.shape(name + "picture");
      long[] to = golden.shape(name + "scaled");
      Images image =
          Images.of(
              golden.floats(name + "picture"), 1, (int) from[0], (int) from[1], (int) from[2]);
      Images scaled = Images.concat(image, image).resize((int) to[0], (int) to[1]);
      float[] expected = golden.floats(name + "scaled");
      for (int n = 0; n < 2; n++) {
        float[] values = scaled.image(n).pixels();
        for (int v = 0; v < values.length; v++) {
          assertEquals(expected[v], values[v] / 255, 1e-6f, name);
        }
      }
    }
  }

  @Test
  void resizeEqualsTheFolderReader(@TempDir Path folder) throws IOException {
    float[] pixels = new float[5 * 7 * 3];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i * 37 % 256 / 255f;
    }
    Images image = Images.of(pixels, 1, 5, 7, 3);
    Images.write(image, folder.resolve("a.png"));
    Dataset read = ImageFolder.in(folder, ImageFolderConfig.of(3, 11).fit(ImageFit.STRETCH));
    assertArrayEquals(Images.from(read).pixels(), image.resize(3, 11).pixels(), 0.5f / 255 + 1e-6f);
  }

  @Test
  void resizeKeepsLabelsAndPixelsOfTheSameSize() {
    assertEquals(two, two.resize(2, 3));
    assertEquals(7, two.resize(5, 1).label(0));
    assertFalse(two.unbounded().resize(1, 1).unitRange());
    assertThrows(IllegalArgumentException.class, () -> two.resize(0, 1));
  }

  @Test
  void paddingRepeatsTheLastRowAndColumn() {
    assertEquals(
        Images.of(
                new float[] {
                  0, 1, 2, 2, 10, 11, 12, 12, 10, 11, 12, 12, 10, 11, 12, 12, //
                  100, 101, 102, 102, 110, 111, 112, 112, 110, 111, 112, 112, 110, 111, 112, 112
                },
                2,
                4,
                4,
                1)
            .withLabels(7, -1),
        two.padTo(4));
    assertEquals(two, two.padTo(4).crop(0, 0, 2, 3));
    assertEquals(two, two.padTo(1));
    Images color = Images.of(new float[] {1, 2, 3, 4, 5, 6}, 1, 1, 2, 3);
    assertArrayEquals(new float[] {4, 5, 6, 4, 5, 6}, color.padTo(3).crop(2, 1, 1, 2).pixels());
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.padTo(0)), "padTo(0)", "at least 1");
    assertThrows(IllegalArgumentException.class, () -> two.padTo(Integer.MAX_VALUE));
  }
}
