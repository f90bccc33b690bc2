package io.github.vqvae4j.data.image;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class DatasetSelectTest {
  private final Dataset data = FloatDataset.counting(20);

  @Test
  void selectedImagesKeepOrderAndLabels() {
    int[] indices = {13, 2, 2};
    Dataset chosen = data.select(indices);
    indices[0] = 0;
    assertEquals(3, chosen.size());
    assertArrayEquals(new float[] {13, 2, 2}, chosen.pixels(0, 3));
    assertEquals(3, chosen.label(0));
    assertEquals(0, data.select().size());
  }

  @Test
  void indicesOutOfRangeAreRejected() {
    for (int index : new int[] {-1, 20}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> data.select(3, index)),
          "got example index " + index,
          "less than 20");
    }
  }
}
