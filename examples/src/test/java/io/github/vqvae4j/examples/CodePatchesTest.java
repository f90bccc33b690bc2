package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.quantize.Codes;
import org.junit.jupiter.api.Test;

class CodePatchesTest {
  /** Two images of 4x4 pixels and 2x2 codes, whose pixels are 0 to 31, divided by 32. */
  private static final Images IMAGES = images();

  private static final int K = 4;

  private static Images images() {
    float[] pixels = new float[32];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i / 32f;
    }
    return Images.of(pixels, 2, 4, 4, 1);
  }

  @Test
  void patchIsTheMeanOfThePixelsAroundThePositionsOfACode() {
    // Code 2 is at (0, 0) of both images, code 1 at (1, 1) of the second, code 0 elsewhere.
    Codes codes = Codes.of(new int[] {2, 0, 0, 0, 2, 0, 0, 1}, K, 2, 2, 2);
    CodePatches patches = CodePatches.of(IMAGES, codes);
    assertEquals("4x4 pixels around the 2x2 of its position", patches.toString());
    Images sorted = patches.sorted();
    assertEquals("Images[4, 4, 4, 1]", sorted.toString());
    // Code 2 comes second; its patch begins one pixel above and to the left of the images.
    assertEquals(0.7f, pixel(sorted, 1, 0, 0), "hatched outside of images");
    for (int y = 1; y < 4; y++) {
      for (int x = 1; x < 4; x++) {
        int pixel = (y - 1) * 4 + x - 1;
        assertEquals((pixel + pixel + 16) / 2f / 32, pixel(sorted, 1, y, x), 1e-6f);
      }
    }
    // Code 1 comes third: at row and column 2 of the second image.
    assertEquals((16 + 5) / 32f, pixel(sorted, 2, 0, 0), 1e-6f);
    assertEquals((16 + 15) / 32f, pixel(sorted, 2, 2, 2), 1e-6f);
    assertEquals(0.88f, pixel(sorted, 2, 3, 3), "hatched outside of images");
    // Codes that occur nowhere come last.
    assertEquals(pixel(patches.sorted(), 3, 0, 0), 0.7f, 1e-6f, "hatched");
    assertEquals(pixel(patches.sorted(), 3, 0, 1), 0.88f, 1e-6f, "hatched");
  }

  private static float pixel(Images patches, int index, int y, int x) {
    return patches.pixels()[(index * 4 + y) * 4 + x];
  }

  @Test
  void gridFitsAScreen() {
    int[] values = new int[2 * 7 * 7];
    Images images = Images.of(new float[2 * 28 * 28], 2, 28, 28, 1);
    for (int k : new int[] {1, 7, 64, 512, 1_024}) {
      Images grid = CodePatches.of(images, Codes.of(values, k, 2, 7, 7)).grid().image();
      assertTrue(grid.width() <= 1_620 && grid.height() <= 1_060, k + ": " + grid);
      assertTrue(k < 64 || grid.width() > 900, k + ": " + grid);
    }
    Images one = CodePatches.of(images, Codes.of(new int[2], 3, 2, 1, 1)).sorted();
    assertEquals("Images[3, 28, 28, 1]", one.toString(), "not larger than the images");
  }
}
