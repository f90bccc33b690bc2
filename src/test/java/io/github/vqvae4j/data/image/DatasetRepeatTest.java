package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DatasetRepeatTest {
  private static final Augmentation CROP = Augmentation.NONE.crop(2, 2);

  /** Three images of 7 x 9 in color, with labels. */
  private final Dataset data = bytes(3 * 7 * 9 * 3).withLabels(new int[] {4, -1, 2});

  private static ByteImages bytes(int length) {
    byte[] bytes = new byte[length];
    new Random(1).nextBytes(bytes);
    return ByteImages.of(bytes, 3, 7, 9, 3);
  }

  @Test
  void copiesFollowOneAnother() {
    Dataset repeated = data.repeat(4);
    assertEquals(12, repeated.size());
    assertEquals(List.of(7, 9, 3), repeated.exampleShape());
    assertTrue(repeated.isThreadSafe());
    assertFalse(FloatDataset.counting(2).repeat(2).isThreadSafe());
    assertFalse(Images.from(data).unbounded().repeat(2).unitRange());
    for (int i = 0; i < 12; i++) {
      assertArrayEquals(data.pixels(i % 3, i % 3 + 1), repeated.pixels(i, i + 1));
      assertEquals(data.label(i % 3), repeated.label(i));
    }
    assertEquals(data.variance(), repeated.variance(), 1e-9);
    assertEquals("3 images [7, 9, 3] with labels, repeated 4 times", repeated.toString());
    assertEquals(0, data.range(1, 1).repeat(3).size());
  }

  @Test
  void anEpochConsistsOfOneEpochForEachCopy() {
    Dataset varied = data.augmented(CROP.flip(true).brightness(0.2), 5);
    Dataset repeated = varied.repeat(3);
    for (int epoch = 0; epoch < 4; epoch++) {
      for (int i = 0; i < 9; i++) {
        float[] expected = image(varied, i % 3, 3 * epoch + i / 3);
        assertArrayEquals(expected, image(repeated, i, epoch));
        float[] corner = new float[6];
        repeated.rectangle(i, epoch, 1, 0, 1, 2, corner, 0);
        for (int value = 0; value < 6; value++) {
          assertEquals(expected[6 + value], corner[value]);
        }
      }
      assertArrayEquals(image(varied, 1, epoch), image(varied.repeat(1), 1, epoch));
    }
  }

  /** Views pass on that there is no epoch: a rectangle is then one of the center crop. */
  @Test
  void rectanglesOutsideTrainingAreThoseOfTheCenterCrop() {
    Dataset crops = data.augmented(Augmentation.NONE.crop(4, 6).flip(true).brightness(0.2), 5);
    for (Dataset view :
        List.of(crops, crops.repeat(3), crops.range(0, 3), crops.repeat(2).tiles(4, 6, 4, 6))) {
      for (int i = 0; i < view.size(); i++) {
        float[] center = new float[3 * 2 * 5];
        data.rectangle(i % 3, 2, 1, 2, 5, center, 0);
        float[] actual = new float[3 * 2 * 5];
        view.rectangle(i, 1, 0, 2, 5, actual, 0);
        assertArrayEquals(center, actual, view::toString);
      }
    }
  }

  @Test
  void cropsDifferBetweenTheCopies() {
    for (Dataset crops :
        List.of(
            data.range(0, 1).repeat(100).augmented(CROP, 3),
            data.range(0, 1).augmented(CROP, 3).repeat(100))) {
      Set<List<Float>> seen = new HashSet<>();
      try (Batches<ImageBatch> batches = Batches.shuffled(crops, 100, 8)) {
        float[] pixels = batches.next().images();
        for (int i = 0; i < 100; i++) {
          seen.add(List.of(pixels[12 * i], pixels[12 * i + 1], pixels[12 * i + 11]));
        }
      }
      // 100 of 6 x 8 positions: about 42 differ.
      assertTrue(seen.size() > 30, () -> "distinct crops: " + seen.size());
    }
  }

  @Test
  void invalidRepetitionsAndIndicesAreRejected() {
    for (int times : new int[] {0, -2, Integer.MAX_VALUE}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> data.repeat(times)),
          "got " + times + " repetitions of 3 images",
          "at least 1",
          "at most 2147483647",
          "choose another number");
    }
    Dataset repeated = data.repeat(2);
    for (int index : new int[] {-1, 6}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> image(repeated, index, 0)),
          "got image index " + index,
          "less than 6");
      assertThrows(IllegalArgumentException.class, () -> repeated.label(index));
      assertThrows(IllegalArgumentException.class, () -> repeated.image(index, new float[189], 0));
      assertThrows(
          IllegalArgumentException.class,
          () -> repeated.rectangle(index, 0, 0, 1, 1, new float[3], 0));
    }
  }

  private static float[] image(Dataset data, int index, long epoch) {
    float[] image = new float[data.imageLength()];
    data.image(index, epoch, image, 0);
    return image;
  }
}
