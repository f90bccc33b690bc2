package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ImagesTest {
  private final Images two =
      Images.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}, 2, 1, 2, 3);

  @Test
  void shapeIsKeptAndPixelsAreCopied() {
    float[] pixels = {0.5f, -0.25f, 1.5f, 0};
    Images images = Images.of(pixels, 1, 2, 2, 1);
    pixels[0] = 9;
    images.pixels()[0] = 9;
    assertArrayEquals(new float[] {0.5f, -0.25f, 1.5f, 0}, images.pixels());
    assertEquals(1, images.size());
    assertEquals(2, images.height());
    assertEquals(2, images.width());
    assertEquals(1, images.channels());
    assertEquals("Images[1, 2, 2, 1]", images.toString());
  }

  @Test
  void labelsAreKept() {
    Images labeled = two.withLabels(7, -1);
    assertEquals(7, labeled.label(0));
    assertEquals(-1, labeled.label(1));
    assertEquals(-1, two.label(0));
    assertNotEquals(two, labeled);
    assertEquals(labeled.withLabels(-1, -1), two);
    for (Images same :
        List.of(
            labeled.unbounded(),
            labeled.toGray(),
            labeled.toGray().toColor(),
            Images.from(labeled),
            Images.concat(labeled.image(0), two.image(1)))) {
      assertArrayEquals(new int[] {7, -1}, same.batch(0, 1).labels());
    }
    assertEquals(7, Images.from(labeled, 1, 0).label(1));
    assertEquals(7, labeled.range(0, 1).label(0));
    int[] labels = {3, 4};
    Images copied = two.withLabels(labels);
    labels[0] = 9;
    assertEquals(3, copied.label(0));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.withLabels(1)),
        "got 1 labels, expected 2");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.withLabels(1, -2)),
        "got label -2 for image 1");
  }

  @Test
  void invalidSizesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.of(new float[5], 1, 2, 2, 1)),
        "got 5 pixels",
        "expected 4",
        "[1, 2, 2, 1]",
        "correct the sizes");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.of(new float[0], 0, 2, 2, 1)),
        "[0, 2, 2, 1]",
        "at least 1");
  }

  @Test
  void nanAndInfinityAreReportedWithPosition() {
    float[] pixels = new float[2 * 2 * 3 * 2];
    pixels[12 + 6 + 2 + 1] = Float.NaN;
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.of(pixels, 2, 2, 3, 2)),
        "got NaN in image 1 at row 1, column 1, channel 1",
        "expected finite values",
        "repair");
    pixels[0] = Float.NEGATIVE_INFINITY;
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.of(pixels, 2, 2, 3, 2)),
        "got -Infinity in image 0 at row 0, column 0, channel 0");
  }

  @Test
  void singleImageIsExtracted() {
    assertEquals(Images.of(new float[] {6, 7, 8, 9, 10, 11}, 1, 1, 2, 3), two.image(1));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.image(2)),
        "image index 2",
        "less than 2");
  }

  @Test
  void concatKeepsTheOrder() {
    assertEquals(two, Images.concat(two.image(0), two.image(1)));
    assertEquals(3, Images.concat(two, two.image(0)).size());
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.concat(two, two.toGray())),
        "Images[2, 1, 2, 1] together with Images[2, 1, 2, 3]",
        "toColor");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, Images::concat), "got no images");
  }

  @Test
  void imagesAreCopiedFromADataset() {
    Dataset data = FloatDataset.counting(10);
    assertArrayEquals(new float[] {7, 0, 7}, Images.from(data, 7, 0, 7).pixels());
    assertArrayEquals(new float[] {4, 5}, Images.from(data.range(4, 6)).pixels());
    assertThrows(IllegalArgumentException.class, () -> Images.from(data, 10));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.from(data.range(1, 1))),
        "[0, 1, 1, 1]",
        "at least 1");
  }

  @Test
  void grayIsTheLumaAndColorRepeatsGray() {
    Images red = Images.of(new float[] {1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1}, 1, 2, 2, 3);
    assertArrayEquals(new float[] {0.299f, 0.587f, 0.114f, 1}, red.toGray().pixels(), 1e-6f);
    Images gray = Images.of(new float[] {0.25f, 0.5f}, 2, 1, 1, 1);
    assertEquals(
        Images.of(new float[] {0.25f, 0.25f, 0.25f, 0.5f, 0.5f, 0.5f}, 2, 1, 1, 3), gray.toColor());
    assertSame(gray, gray.toGray());
    assertSame(red, red.toColor());
    Images other = Images.of(new float[2], 1, 1, 1, 2);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, other::toGray),
        "Images[1, 1, 1, 2]",
        "expected 1 channel (grayscale) or 3");
    assertThrows(IllegalArgumentException.class, other::toColor);
  }

  @Test
  void errorAndPsnrAreMeansOverAllImages() {
    Images a = Images.of(new float[] {0, 0.5f, 1, 0.25f}, 2, 1, 2, 1);
    Images b = Images.of(new float[] {0.1f, 0.5f, 1, 0.55f}, 2, 1, 2, 1);
    assertEquals(0.025, a.meanSquaredError(b), 1e-7);
    assertEquals(-10 * Math.log10(0.025), a.psnr(b), 1e-5);
    assertEquals(0.005, a.image(0).meanSquaredError(b.image(0)), 1e-7);
    assertEquals(0, a.meanSquaredError(a));
    assertEquals(Double.POSITIVE_INFINITY, a.psnr(a));
    assertEquals(2.25, two.meanSquaredError(Images.of(shifted(1.5f), 2, 1, 2, 3)), 1e-6);
  }

  private float[] shifted(float by) {
    float[] pixels = two.pixels();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] += by;
    }
    return pixels;
  }

  @Test
  void onlyEqualShapesAreCompared() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.psnr(two.image(0))),
        "got Images[1, 1, 2, 3] to compare with Images[2, 1, 2, 3]");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> two.meanSquaredError(two.toGray())),
        "expected equal height, width and channels");
    Images values = two.unbounded();
    assertEquals(0, values.meanSquaredError(two));
    for (Executable psnr : List.<Executable>of(() -> values.psnr(two), () -> two.psnr(values))) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, psnr), "unbounded values", "in [0, 1]");
    }
  }

  @Test
  void equalityComparesShapeAndPixels() {
    assertEquals(two, Images.of(two.pixels(), 2, 1, 2, 3));
    assertEquals(two.hashCode(), Images.of(two.pixels(), 2, 1, 2, 3).hashCode());
    assertNotEquals(two, Images.of(two.pixels(), 2, 2, 1, 3));
    assertNotEquals(two, Images.of(new float[12], 2, 1, 2, 3));
  }

  @Test
  void unboundedImagesStayUnboundedAndAreNotWritten(@TempDir Path folder) {
    Images values = two.unbounded();
    assertTrue(two.unitRange());
    assertArrayEquals(two.pixels(), values.pixels());
    for (Images of :
        List.of(
            values,
            values.image(1),
            values.toGray(),
            values.toGray().toColor(),
            Images.from(values),
            Images.from(values, 1, 0),
            Images.concat(two, values))) {
      assertFalse(of.unitRange());
      Images one = of.image(0);
      for (Executable writing :
          List.<Executable>of(
              () -> Images.write(one, folder.resolve("a.png")),
              () -> Images.png(one),
              () -> Images.writeGrid(of, folder.resolve("a.png")),
              () -> Images.grid(List.of(of)))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, writing),
            "unbounded values",
            "in [0, 1]",
            "as a curve");
      }
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Images.grid(List.of(two, values))),
        "unbounded values");
  }
}
