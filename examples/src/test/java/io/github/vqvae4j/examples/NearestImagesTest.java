package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NearestImagesTest {
  private static final int SIDE = 12;
  private static final int LENGTH = SIDE * SIDE * 3;

  private static Images random(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] pixels = new float[count * LENGTH];
    for (int i = 0; i < pixels.length; i++) {
      float brightness = (i / LENGTH * 7919 % 101) / 101f;
      pixels[i] = (brightness + rng.nextFloat()) / 2;
    }
    return Images.of(pixels, count, SIDE, SIDE, 3);
  }

  private static double distance(Images a, int i, Images b, int j) {
    float[] first = a.image(i).pixels();
    float[] second = b.image(j).pixels();
    double sum = 0;
    for (int k = 0; k < LENGTH; k++) {
      sum += Math.pow(first[k] - second[k], 2);
    }
    return Math.sqrt(sum / LENGTH);
  }

  /** More training images than are read at once. */
  @Test
  void findsTheSameImagesAsSorting() {
    Images train = random(1_100, 1);
    Images images = random(9, 2);
    NearestImages nearest = NearestImages.of(images, train);
    List<Images> rows = nearest.rows(9);
    double[] distances = new double[9];
    for (int i = 0; i < 9; i++) {
      int image = i;
      int[] sorted =
          IntStream.range(0, train.size())
              .boxed()
              .sorted(Comparator.comparingDouble(j -> distance(images, image, train, j)))
              .limit(5)
              .mapToInt(j -> j)
              .toArray();
      assertArrayEquals(
          Images.concat(images.image(i), Images.from(train, sorted)).pixels(),
          rows.get(i).pixels());
      distances[i] = distance(images, i, train, sorted[0]);
    }
    Arrays.sort(distances);
    assertEquals(distances[4], nearest.medianDistance(), 1e-12);
  }
}
