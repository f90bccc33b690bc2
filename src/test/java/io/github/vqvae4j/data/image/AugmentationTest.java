package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.SeriesTiles;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AugmentationTest {
  /** Three images of 4 x 5 with two channels and distinct values. */
  private final FloatDataset data = new FloatDataset(ramp(3 * 40), 3, 4, 5, 2);

  @Test
  void noneLeavesImagesUnchanged() {
    Dataset same = data.augmented(Augmentation.NONE, 1);
    assertEquals(3, same.size());
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(image(data, i), image(same, i, 7));
      assertArrayEquals(image(data, i), image(same, i));
      assertEquals(data.label(i), same.label(i));
    }
    assertThrows(IllegalArgumentException.class, () -> image(same, 3));
  }

  @Test
  void everyCropPositionOccurs() {
    Dataset cropped = data.augmented(Augmentation.NONE.crop(3, 3), 1);
    assertEquals(3, cropped.height());
    assertEquals(3, cropped.width());
    assertEquals(2, cropped.channels());
    Set<Float> corners = new TreeSet<>();
    for (int epoch = 0; epoch < 200; epoch++) {
      float[] image = image(cropped, 0, epoch);
      int corner = Math.round(image[0] * 1000);
      assertArrayEquals(crop(image(data, 0), corner / 10, corner % 10 / 2), image);
      corners.add(image[0]);
    }
    assertEquals(2 * 3, corners.size());
    // Outside training: the center.
    assertArrayEquals(crop(image(data, 0), 0, 1), image(cropped, 0));
  }

  @Test
  void paddingRepeatsTheBorder() {
    Dataset moved =
        new FloatDataset(new float[] {1, 2, 3}, 1, 1, 3, 1)
            .augmented(Augmentation.NONE.padding(2), 3);
    Set<String> seen = new TreeSet<>();
    for (int epoch = 0; epoch < 200; epoch++) {
      seen.add(Arrays.toString(image(moved, 0, epoch)));
    }
    assertEquals(
        "[[1.0, 1.0, 1.0], [1.0, 1.0, 2.0], [1.0, 2.0, 3.0], [2.0, 3.0, 3.0], [3.0, 3.0, 3.0]]",
        seen.toString());
  }

  @Test
  void halfOfTheImagesAreFlippedExactly() {
    Dataset mirrored = data.augmented(Augmentation.NONE.flip(true), 9);
    float[] plain = image(data, 1);
    float[] flipped = new float[40];
    for (int i = 0; i < 40; i++) {
      flipped[i] = plain[i / 10 * 10 + (4 - i % 10 / 2) * 2 + i % 2];
    }
    int count = 0;
    for (int epoch = 0; epoch < 1_000; epoch++) {
      float[] image = image(mirrored, 1, epoch);
      boolean flip = Arrays.equals(flipped, image);
      assertTrue(flip || Arrays.equals(plain, image));
      count += flip ? 1 : 0;
    }
    assertEquals(500, count, 60);
  }

  @Test
  void brightnessScalesValuesAndContrastScalesDeviationsFromTheMean() {
    float[] values = {0.2f, 0.4f, 0.6f};
    Dataset one = new FloatDataset(values, 1, 1, 3, 1);
    Dataset bright = one.augmented(Augmentation.NONE.brightness(0.5), 4);
    Dataset contrast = one.augmented(Augmentation.NONE.contrast(0.5), 4);
    double min = 2;
    double max = 0;
    for (int epoch = 0; epoch < 500; epoch++) {
      float[] image = image(bright, 0, epoch);
      assertEquals(2, image[1] / image[0], 1e-5);
      assertEquals(3, image[2] / image[0], 1e-5);
      min = Math.min(min, image[0] / 0.2);
      max = Math.max(max, image[0] / 0.2);

      float[] spread = image(contrast, 0, epoch);
      assertEquals(0.4, spread[1], 1e-6);
      assertEquals(0.4 - spread[0], spread[2] - 0.4, 1e-6);
      assertTrue(spread[2] >= 0.5 - 1e-6 && spread[2] <= 0.7 + 1e-6);
    }
    assertEquals(0.5, min, 0.02);
    assertEquals(1.5, max, 0.02);
    // Clamped to 1.
    Dataset white = new FloatDataset(new float[] {1, 0.9f}, 1, 1, 2, 1);
    float highest = 0;
    for (int epoch = 0; epoch < 50; epoch++) {
      highest =
          Math.max(
              highest, image(white.augmented(Augmentation.NONE.brightness(1), 4), 0, epoch)[0]);
    }
    assertEquals(1f, highest);
  }

  /** A sine of +-3 around 1 in channel 0, one of +-50 around -200 in channel 1. */
  private static Series unscaled() {
    float[] samples = new float[2 * 64];
    for (int t = 0; t < 64; t++) {
      double sine = Math.sin(2 * Math.PI * t / 16);
      samples[2 * t] = (float) (1 + 3 * sine);
      samples[2 * t + 1] = (float) (-200 + 50 * sine);
    }
    return Series.of(samples, 2, 0);
  }

  @Test
  void samplesOfASeriesAreNotClamped() {
    Series series = unscaled();
    float[] plain = series.range(0, 32).samples();
    Dataset windows = Series.windows(List.of(series), 32, 8);
    Dataset tiles = SeriesTiles.of(series, 32, 4);
    for (Dataset view :
        List.of(
            windows,
            tiles,
            windows.range(0, 2),
            windows.select(0, 1),
            windows.augmented(Augmentation.NONE, 1),
            Images.from(windows),
            Images.from(windows).image(0),
            Images.concat(Images.from(windows, 0), Images.from(windows, 1)))) {
      Dataset louder = view.augmented(Augmentation.NONE.brightness(0.5), 4);
      Dataset wider = view.augmented(Augmentation.NONE.contrast(0.5), 4);
      for (int epoch = 0; epoch < 50; epoch++) {
        float[] loud = image(louder, 0, epoch);
        float[] wide = image(wider, 0, epoch);
        double f = loud[0] / plain[0];
        double g = (wide[4 * 2] - 1) / 3; // sine = 1
        assertTrue(f >= 0.5 && f <= 1.5 && g >= 0.5 && g <= 1.5, view + ": " + f + ", " + g);
        for (int i = 0; i < plain.length; i++) {
          assertEquals(f * plain[i], loud[i], 1e-3, view.toString());
          // Each channel around its own mean over two periods of the sine.
          double mean = i % 2 == 0 ? 1 : -200;
          assertEquals(mean + g * (plain[i] - mean), wide[i], 1e-3, view.toString());
        }
      }
    }
  }

  @Test
  void imagesDependOnlyOnSeedEpochAndIndex() {
    Augmentation all = Augmentation.NONE.padding(1).flip(true).brightness(0.3).contrast(0.3);
    Dataset a = data.augmented(all, 5);
    Dataset b = data.augmented(all, 5);
    float[] first = image(a, 2, 3);
    image(a, 1, 3);
    assertArrayEquals(first, image(a, 2, 3));
    assertArrayEquals(first, image(b, 2, 3));
    assertFalse(Arrays.equals(first, image(a, 2, 4)));
    assertFalse(Arrays.equals(first, image(data.augmented(all, 6), 2, 3)));
    // Equal images with different indices differ.
    Dataset twice = new FloatDataset(new float[] {0.5f, 0.5f}, 2, 1, 1, 1);
    Dataset varied = twice.augmented(Augmentation.NONE.brightness(0.5), 5);
    assertNotEquals(image(varied, 0, 0)[0], image(varied, 1, 0)[0]);
  }

  @Test
  void shuffledBatchesVaryByEpochAndAreReproducibleFromAnyBatch() {
    Dataset pixels = new FloatDataset(ramp(10), 10, 1, 1, 1);
    Dataset varied = pixels.augmented(Augmentation.NONE.brightness(0.5), 1);
    float[][] all = new float[15][];
    try (Batches<ImageBatch> batches = Batches.shuffled(varied, 2, 8)) {
      for (int i = 0; i < all.length; i++) {
        ImageBatch batch = batches.next();
        all[i] = batch.images();
        assertArrayEquals(image(varied, batch.indices()[1], i / 5), new float[] {all[i][1]});
      }
    }
    try (Batches<ImageBatch> batches = Batches.shuffled(varied, 2, 8, 7)) {
      for (int i = 7; i < all.length; i++) {
        assertArrayEquals(all[i], batches.next().images());
      }
    }
    Set<Float> looks = new HashSet<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      looks.add(image(varied, 9, epoch)[0]);
    }
    assertEquals(3, looks.size());
    // A pass in order, as in an evaluation, returns the original images.
    try (Batches<ImageBatch> batches = Batches.inOrder(varied, 10)) {
      assertArrayEquals(pixels.pixels(0, 10), batches.next().images());
    }
    assertEquals(pixels.variance(), varied.variance());
  }

  @Test
  void viewsOfAnAugmentedDataSetAreAugmented() {
    Dataset varied = data.augmented(Augmentation.NONE.brightness(0.5), 2);
    assertArrayEquals(image(varied, 2, 4), image(varied.range(1, 3), 1, 4));
    assertArrayEquals(image(data, 2), image(varied.range(1, 3), 1));
    assertThrows(IllegalArgumentException.class, () -> image(varied.range(1, 3), 2, 4));
  }

  @Test
  void invalidSettingsAreRejected() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> data.augmented(Augmentation.NONE.crop(5, 5), 1)),
        "got a crop of 5 x 5 for images of 4 x 5",
        "choose a smaller crop");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Augmentation.NONE.padding(-1)),
        "Augmentation.padding: expected at least 0, got -1.");
    for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> Augmentation.NONE.brightness(share));
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Augmentation.NONE.contrast(share)),
          "Augmentation.contrast: expected 0 to 1, got " + share + ".");
    }
  }

  private static float[] ramp(int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = i / 1000f;
    }
    return values;
  }

  /** A crop of 3 x 3 pixels of an image of 4 x 5 with two channels. */
  private static float[] crop(float[] image, int top, int left) {
    float[] part = new float[18];
    for (int i = 0; i < part.length; i++) {
      part[i] = image[(top + i / 6) * 10 + left * 2 + i % 6];
    }
    return part;
  }

  private static float[] image(Dataset data, int index) {
    float[] image = new float[data.imageLength()];
    data.image(index, image, 0);
    return image;
  }

  private static float[] image(Dataset data, int index, long epoch) {
    float[] image = new float[data.imageLength()];
    data.image(index, epoch, image, 0);
    return image;
  }
}
