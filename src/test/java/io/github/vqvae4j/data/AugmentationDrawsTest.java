package io.github.vqvae4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.image.Augmentation;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.FloatDataset;
import io.github.vqvae4j.data.image.ImageBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Augmented images are a function of (seed, epoch, index, draw), independent of earlier accesses.
 */
@Timeout(60)
class AugmentationDrawsTest {
  private static final int SIZE = 13;
  private static final int HEIGHT = 4;
  private static final int WIDTH = 5;
  private static final int SIDE = 3;
  private static final Augmentation ALL =
      Augmentation.NONE.crop(SIDE, SIDE).padding(1).flip(true).brightness(0.3).contrast(0.2);

  private final float[] pixels = new float[SIZE * HEIGHT * WIDTH];
  private final Dataset data = new FloatDataset(pixels, SIZE, HEIGHT, WIDTH, 1);

  {
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) (0.1 + 0.8 * (i * 37 % pixels.length) / pixels.length);
    }
  }

  /** The draws are printed by src/test/python/random_numbers.py; the last two are from -1 to 1. */
  @Test
  void imagesFollowTheDocumentedFormula() {
    assertLooks(0, 0, 0, 0, false, 0.5310921078846054, 0.0298934702190905);
    assertLooks(0, 1, 2, 0, false, 0.9899484368363358, 0.5999563685456719);
    assertLooks(1, 0, 3, 3, true, -0.1552842894269999, -0.0005202560310302307);
    assertLooks(5, 2, 3, 1, true, -0.5155663632164269, -0.566580820573078);
  }

  private void assertLooks(
      long epoch,
      int index,
      int row,
      int column,
      boolean flip,
      double brightness,
      double contrast) {
    double[] expected = new double[SIDE * SIDE];
    for (int i = 0; i < expected.length; i++) {
      int x = flip ? SIDE - 1 - i % SIDE : i % SIDE;
      // The padding of one pixel repeats the border.
      int y = Math.min(HEIGHT - 1, Math.max(0, row - 1 + i / SIDE));
      x = Math.min(WIDTH - 1, Math.max(0, column - 1 + x));
      double value = pixels[(index * HEIGHT + y) * WIDTH + x];
      expected[i] = Math.min(1, value * (1 + 0.3 * brightness));
    }
    double mean =
        IntStream.range(0, expected.length).mapToDouble(i -> expected[i]).average().orElse(0);
    float[] image = image(data.augmented(ALL, 42), index, epoch);
    for (int i = 0; i < expected.length; i++) {
      double value = mean + (1 + 0.2 * contrast) * (expected[i] - mean);
      assertEquals(Math.max(0, Math.min(1, value)), image[i], 1e-6, epoch + ", " + index);
    }
  }

  /** Flips and brightness of the images do not depend on whether the other is set. */
  @Test
  void settingsDoNotAffectTheDrawsOfOtherSettings() {
    Dataset ramp = new FloatDataset(new float[] {0.2f, 0.4f}, 1, 1, 2, 1);
    Dataset flipped = ramp.augmented(Augmentation.NONE.flip(true), 3);
    Dataset bright = ramp.augmented(Augmentation.NONE.brightness(0.5), 3);
    Dataset both = ramp.augmented(Augmentation.NONE.flip(true).brightness(0.5), 3);
    for (int epoch = 0; epoch < 50; epoch++) {
      float[] expected = image(bright, 0, epoch);
      if (image(flipped, 0, epoch)[0] > 0.3f) {
        expected = new float[] {expected[1], expected[0]};
      }
      assertArrayEquals(expected, image(both, 0, epoch));
    }
  }

  @Test
  void augmentedBatchesAreIndependentOfReadingOrderAndCopy() {
    List<float[]> expected = new ArrayList<>();
    Map<String, float[]> byImage = new HashMap<>();
    try (Batches<ImageBatch> batches = Batches.shuffled(data.augmented(ALL, 9), 4, 6)) {
      for (int number = 0; number < 12; number++) {
        ImageBatch batch = batches.next();
        expected.add(batch.images());
        for (int i = 0; i < batch.count(); i++) {
          float[] image = new float[SIDE * SIDE];
          System.arraycopy(batch.images(), i * image.length, image, 0, image.length);
          byImage.put(batch.indices()[i] + " in epoch " + number / 3, image);
        }
      }
    }
    assertEquals(12 * 4, byImage.size());
    // Resumed at each batch, last first; the copy shares nothing with the original.
    for (int first = 11; first >= 0; first--) {
      Dataset copy = new FloatDataset(pixels.clone(), SIZE, HEIGHT, WIDTH, 1).augmented(ALL, 9);
      try (Batches<ImageBatch> batches = Batches.shuffled(copy, 4, 6, first)) {
        assertArrayEquals(expected.get(first), batches.next().images(), "batch " + first);
      }
    }
    // Single images, each twice, in random order, from several threads.
    List<String> names = new ArrayList<>(byImage.keySet());
    names.addAll(byImage.keySet());
    Collections.shuffle(names, new Random(1));
    Dataset shared = data.augmented(ALL, 9);
    names.parallelStream()
        .forEach(
            name -> {
              String[] parts = name.split(" in epoch ");
              float[] image = image(shared, Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
              assertArrayEquals(byImage.get(name), image, name);
            });
  }

  /**
   * With one seed for everything, as in the examples, the order and the augmentation are
   * independent.
   */
  @Test
  void streamsOfTheSameSeedAreIndependent() {
    int count = 2_000;
    float[] gray = new float[count];
    Arrays.fill(gray, 0.5f);
    Dataset varied =
        new FloatDataset(gray, count, 1, 1, 1).augmented(Augmentation.NONE.brightness(1), 5);
    int[] order = BatchOrder.shuffled(count, count, 5).batch(0);
    double product = 0;
    for (int position = 0; position < count; position++) {
      double look = 2 * image(varied, order[position], 0)[0] - 1;
      product += look * (2.0 * position / count - 1);
    }
    // Both are uniform in [-1, 1] with variance 1/3.
    assertEquals(0, product / count, 4.0 / 3 / Math.sqrt(count));
  }

  private static float[] image(Dataset data, int index, long epoch) {
    float[] image = new float[data.imageLength()];
    data.image(index, epoch, image, 0);
    return image;
  }
}
