package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaletteFileTest {
  @TempDir Path folder;

  /** A row of distinct colors. */
  private static Images palette(int colors, int channels) {
    float[] values = new float[colors * channels];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i / channels * 37 + i % channels * 100) % 256 / 255f;
    }
    return Images.of(values, 1, 1, colors, channels);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 3, 1",
    "2, 1, 1",
    "3, 3, 2",
    "4, 1, 2",
    "5, 3, 4",
    "16, 3, 4",
    "17, 1, 8",
    "256, 3, 8"
  })
  void everyColorRoundTripsExactly(int colors, int channels, int bits) throws IOException {
    int height = 5;
    int width = 61;
    Images palette = palette(colors, channels);
    int[] indices = new int[height * width];
    float[] expected = new float[indices.length * channels];
    for (int i = 0; i < indices.length; i++) {
      indices[i] = i * 7 % colors;
      System.arraycopy(palette.pixels(), indices[i] * channels, expected, i * channels, channels);
    }
    Path file = folder.resolve("a.PNG");
    PaletteFile.write(palette, indices, height, width, file);
    assertEquals(Images.of(expected, 1, height, width, channels), Images.read(file));
    BufferedImage buffered = ImageIO.read(file.toFile());
    assertInstanceOf(IndexColorModel.class, buffered.getColorModel());
    assertEquals(bits, buffered.getColorModel().getPixelSize());
    assertEquals(indices[width + 2], buffered.getRaster().getSample(2, 1, 0));
  }

  @Test
  void colorsAreRoundedAndClamped() throws IOException {
    Path file = folder.resolve("a.png");
    PaletteFile.write(
        Images.of(new float[] {-1, 0.5f, 2}, 1, 1, 3, 1), new int[] {2, 1, 0}, 1, 3, file);
    assertArrayEquals(new float[] {1, 128 / 255f, 0}, Images.read(file).pixels());
  }

  @Test
  void invalidArgumentsAreExplained() {
    int[] one = {0};
    rejected(palette(2, 3), one, "a.jpg", "a.jpg", "ends in .png", "change the extension");
    rejected(palette(257, 3), one, "a.png", "Images[1, 1, 257, 3]", "1 to 256", "fewer colors");
    rejected(Images.of(new float[4], 1, 2, 2, 1), one, "a.png", "Images[1, 2, 2, 1]", "one row");
    rejected(Images.of(new float[4], 1, 1, 2, 2), one, "a.png", "expected 1 channel");
    rejected(palette(2, 3), new int[3], "a.png", "got 3 indices", "expected 1 x 1");
    rejected(palette(2, 3), new int[] {2}, "a.png", "got index 2", "row 0, column 0", "0 to 1");
    rejected(palette(2, 3), new int[] {-1}, "a.png", "got index -1");
  }

  private void rejected(Images palette, int[] indices, String name, String... texts) {
    Path file = folder.resolve(name);
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> PaletteFile.write(palette, indices, 1, 1, file)),
        texts);
    assertFalse(Files.exists(file));
  }
}
