package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class DatasetTest {
  private final ByteImages images =
      ByteImages.of(new byte[] {0, 51, (byte) 255, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 2, 1, 2, 3);

  @Test
  void bytesAreConvertedToZeroToOne() {
    float[] target = new float[8];
    images.image(0, target, 1);
    assertArrayEquals(new float[] {0, 0, 0.2f, 1, 1 / 255f, 2 / 255f, 3 / 255f, 0}, target, 0f);
  }

  @Test
  void labelsAreOptional() {
    assertEquals(-1, images.label(1));
    ByteImages labelled = images.withLabels(new int[] {7, -1});
    assertEquals(7, labelled.label(0));
    assertEquals(-1, labelled.label(1));
    assertEquals(-1, images.label(0));
  }

  @Test
  void toStringContainsCountAndShape() {
    assertEquals("2 images [1, 2, 3] without labels", images.toString());
    assertEquals("2 images [1, 2, 3] with labels", images.withLabels(new int[2]).toString());
    assertEquals(
        "images 1 to 2 of 2 images [1, 2, 3] without labels", images.range(1, 2).toString());
  }

  @Test
  void invalidSizesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ByteImages.of(new byte[5], 1, 2, 3, 1)),
        "got 5 bytes",
        "expected 6",
        "[1, 2, 3, 1]",
        "correct the sizes");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> ByteImages.of(new byte[0], 0, 2, 3, 1)),
        "[0, 2, 3, 1]",
        "at least 1");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> ByteImages.of(new byte[0], 1 << 16, 1 << 16, 1 << 16, 1 << 16)),
        "at most 2147483639");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> images.withLabels(new int[3])),
        "got 3 labels",
        "expected 2",
        "use -1");
  }

  @Test
  void invalidIndicesAreRejected() {
    for (int index : new int[] {-1, 2}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> images.image(index, new float[6], 0)),
          "got image index " + index,
          "less than 2",
          "correct the index");
      assertThrows(IllegalArgumentException.class, () -> images.label(index));
    }
    Dataset part = images.range(0, 1);
    assertThrows(IllegalArgumentException.class, () -> part.image(1, new float[6], 0));
    assertThrows(IllegalArgumentException.class, () -> part.label(1));
  }

  @Test
  void rangeIsAView() {
    Dataset data = FloatDataset.counting(10);
    Dataset part = data.range(2, 9).range(1, 4);
    assertEquals(3, part.size());
    float[] pixel = new float[1];
    part.image(2, pixel, 0);
    assertEquals(5f, pixel[0]);
    assertEquals(3, part.label(0));
    assertEquals(0, data.range(4, 4).size());
    Dataset shaped = images.range(1, 2);
    assertEquals(1, shaped.height());
    assertEquals(2, shaped.width());
    assertEquals(3, shaped.channels());
    assertEquals(6, shaped.imageLength());
  }

  @Test
  void invalidRangesAreRejected() {
    for (int[] range : new int[][] {{-1, 1}, {0, 3}, {2, 1}}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> images.range(range[0], range[1])),
          "from " + range[0] + " to " + range[1],
          "<= 2",
          "correct the range");
    }
  }

  @Test
  void varianceIsThePopulationVariance() {
    assertEquals(8.25, FloatDataset.counting(10).variance(), 1e-12);
    assertEquals(0, FloatDataset.counting(1).variance());
    Random random = new Random(3);
    float[] pixels = new float[7 * 2 * 3];
    double mean = 0;
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
      mean += pixels[i] / (double) pixels.length;
    }
    double expected = 0;
    for (float pixel : pixels) {
      expected += (pixel - mean) * (pixel - mean) / pixels.length;
    }
    assertEquals(expected, new FloatDataset(pixels, 7, 2, 3, 1).variance(), 1e-14);
  }

  @Test
  void varianceOfValuesFarFromZeroIsPrecise() {
    float[] pixels = {16777214, 16777215, 16777216, 16777214, 16777215, 16777216};
    assertEquals(2 / 3.0, new FloatDataset(pixels, 3, 1, 2, 1).variance(), 1e-9);
  }

  @Test
  void imagesLargerThanAnArrayAreRejected() {
    Dataset huge = new FloatDataset(new float[0], 1, 40_000, 40_000, 3);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, huge::imageLength),
        "[1, 40000, 40000, 3]",
        "at most 2147483639");
  }

  @Test
  void varianceOfNoImagesIsRejected() {
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> images.range(1, 1).variance()),
        "0 images",
        "expected at least 1");
  }
}
