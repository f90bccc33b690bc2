package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatasetSplitTest {
  private final Dataset data = FloatDataset.counting(1_000);

  @Test
  void partsAreDisjointCompleteAndOrdered() {
    for (double[] fractions : new double[][] {{0.9}, {0.7, 0.2, 0.1}, {0.5, 0.25}, {1 / 3.0}}) {
      List<Dataset> parts = data.split(42, fractions);
      List<Integer> all = new ArrayList<>();
      for (Dataset part : parts) {
        List<Integer> values = values(part);
        assertEquals(values.stream().sorted().toList(), values);
        all.addAll(values);
      }
      assertEquals(values(data), all.stream().sorted().toList(), Arrays.toString(fractions));
    }
  }

  @Test
  void sizesFollowTheFractions() {
    assertEquals(List.of(900, 100), sizes(data.split(1, 0.9)));
    assertEquals(List.of(700, 200, 100), sizes(data.split(1, 0.7, 0.2, 0.1)));
    assertEquals(List.of(333, 667), sizes(data.split(1, 1 / 3.0)));
    assertEquals(List.of(1_000), sizes(data.split(1, 1)));
    assertEquals(List.of(2, 1), sizes(data.range(0, 3).split(1, 0.6)));
  }

  @Test
  void splitDependsOnTheSeed() {
    assertEquals(values(data.split(5, 0.5).get(0)), values(data.split(5, 0.5).get(0)));
    assertNotEquals(values(data.split(5, 0.5).get(0)), values(data.split(6, 0.5).get(0)));
    // Fixed, so that runs are reproducible with later versions; printed by
    // src/test/python/random_numbers.py.
    assertEquals(List.of(3, 9), values(data.range(0, 10).split(42, 0.2).get(0)));
  }

  @Test
  void partReturnsImagesAndLabelsOfTheSource() {
    Dataset part = data.split(3, 0.1).get(0);
    float[] pixel = new float[1];
    for (int i = 0; i < part.size(); i++) {
      part.image(i, pixel, 0);
      assertEquals((int) pixel[0] % 10, part.label(i));
    }
    assertThrows(IllegalArgumentException.class, () -> part.label(100));
    assertThrows(IllegalArgumentException.class, () -> part.image(-1, pixel, 0));
    assertTrue(part.toString().startsWith("part 1 of 2 (100 images) of "), part.toString());
  }

  @Test
  void invalidFractionsAreRejected() {
    for (double[] fractions :
        new double[][] {{}, {0}, {-0.5}, {1.1}, {0.6, 0.6}, {1, 0}, {Double.NaN}, {0.0001}}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> data.split(1, fractions)),
          "got the fractions " + Arrays.toString(fractions) + " for 1000 examples",
          "a sum of at most 1",
          "correct the fractions");
    }
    assertThrows(IllegalArgumentException.class, () -> data.range(0, 0).split(1, 0.5));
  }

  private static List<Integer> sizes(List<Dataset> parts) {
    return parts.stream().map(Dataset::size).toList();
  }

  private static List<Integer> values(Dataset data) {
    List<Integer> values = new ArrayList<>();
    float[] pixel = new float[1];
    for (int i = 0; i < data.size(); i++) {
      data.image(i, pixel, 0);
      values.add((int) pixel[0]);
    }
    return values;
  }
}
