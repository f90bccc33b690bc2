package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.Golden;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResampleTest {
  private static final float ROUNDING = 1e-6f;

  @Test
  void scalingEqualsPyTorch() throws IOException {
    Golden golden = Golden.read("resample");
    int cases = Integer.parseInt(golden.setting("cases"));
    for (int i = 0; i < cases; i++) {
      String name = "case" + i + ".";
      long[] from = golden.shape(name + "picture");
      long[] to = golden.shape(name + "scaled");
      ImageRows rows =
          imageRows(golden.floats(name + "picture"), (int) from[0], (int) from[1], (int) from[2]);
      assertArrayEquals(
          golden.floats(name + "scaled"),
          Resample.fit(rows, ImageFit.STRETCH, (int) to[0], (int) to[1]),
          ROUNDING,
          name);
    }
  }

  @Test
  void coverCropsTheCenter() throws IOException {
    // The width is twice the height: columns 2 to 5 of 8 remain, each pixel the mean of a
    // neighborhood.
    float[] columns = new float[4 * 8];
    for (int i = 0; i < columns.length; i++) {
      columns[i] = 10 * (i % 8);
    }
    float[] half = Resample.fit(imageRows(columns, 4, 8, 1), ImageFit.COVER, 2, 2);
    assertArrayEquals(new float[] {25 / 255f, 45 / 255f, 25 / 255f, 45 / 255f}, half, ROUNDING);
  }

  @Test
  void enlargedImagesKeepTheirCenter() throws IOException {
    // PIL: ImageOps.fit(image of mode F, (64, 64), Image.BILINEAR).
    float[] columns = {0, 128, 255, 0, 128, 255};
    float[] image = Resample.fit(imageRows(columns, 2, 3, 1), ImageFit.COVER, 64, 64);
    int[] at = {0, 15, 31, 32, 48, 63};
    float[] expected = {2, 62, 126, 129.984375f, 193.484375f, 253.015625f};
    for (int y = 0; y < 64; y++) {
      for (int i = 0; i < at.length; i++) {
        assertEquals(expected[i] / 255, image[y * 64 + at[i]], ROUNDING, "row " + y);
      }
    }
  }

  @Test
  void bothSidesAreCroppedEqually() throws IOException {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int n = 0; n < 100; n++) {
      int wide = 1 + random.nextInt(30);
      int high = 1 + random.nextInt(30);
      int height = 1 + random.nextInt(30);
      int width = 1 + random.nextInt(30);
      boolean scaled = Math.min(high / (double) height, wide / (double) width) != 1;
      float[] values = new float[high * wide];
      float[] turned = new float[values.length];
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextInt(256);
        turned[values.length - 1 - i] = values[i];
      }
      float[] image = Resample.fit(imageRows(values, high, wide, 1), ImageFit.COVER, height, width);
      float[] other = Resample.fit(imageRows(turned, high, wide, 1), ImageFit.COVER, height, width);
      for (int i = 0; scaled && i < image.length; i++) {
        assertEquals(image[i], other[image.length - 1 - i], ROUNDING, "seed " + seed);
      }
    }
  }

  @Test
  void unscaledPixelsAreUnchanged() throws IOException {
    float[] values = new float[5 * 6];
    for (int i = 0; i < values.length; i++) {
      values[i] = i;
    }
    float[] middle = new float[4];
    for (int i = 0; i < 4; i++) {
      middle[i] = ((2 + i / 2) * 6 + 2 + i % 2) / 255f;
    }
    assertArrayEquals(middle, Resample.fit(imageRows(values, 5, 6, 1), ImageFit.CENTER, 2, 2), 0f);
    // A single excess column is cropped on one side, not half on each side.
    float[] square = Resample.fit(imageRows(values, 5, 6, 1), ImageFit.COVER, 5, 5);
    for (int i = 0; i < 25; i++) {
      assertEquals((i / 5 * 6 + i % 5) / 255f, square[i]);
    }
  }

  @Test
  void imageTooSmallToCropIsRejected() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> Resample.fit(imageRows(new float[20], 4, 5, 1), ImageFit.CENTER, 4, 6)),
        "got an image of 4 x 5 pixels",
        "at least 4 x 6",
        "choose COVER or STRETCH");
  }

  private static ImageRows imageRows(float[] values, int height, int width, int channels) {
    int type = channels == 1 ? BufferedImage.TYPE_BYTE_GRAY : BufferedImage.TYPE_3BYTE_BGR;
    BufferedImage buffered = new BufferedImage(width, height, type);
    buffered.getRaster().setPixels(0, 0, width, height, values);
    int[] max = new int[channels];
    Arrays.fill(max, 255);
    return new ImageRows(
        "an image", buffered.getRaster(), new PixelFormat.Direct(max, false, null), 1);
  }
}
