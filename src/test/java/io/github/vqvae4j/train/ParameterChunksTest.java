package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParameterChunksTest {
  /** Includes the maximum array size, without allocating it. */
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "2048, 1",
    "2049, 2",
    "2147481600, 1048575",
    "2147483639, 1048576",
    "2147483647, 1048576"
  })
  void arraysAreSplitIntoFullChunksAndARemainder(int size, int count) {
    assertEquals(count, ParameterChunks.count(size));
  }

  @Test
  void clearAffectsOnlyTheRow() {
    int length = 1_500;
    int size = 5 * length;
    for (int row = 0; row < 5; row++) {
      float[][] chunks = ParameterChunks.zeros(size);
      for (float[] chunk : chunks) {
        java.util.Arrays.fill(chunk, 1);
      }
      ParameterChunks.clear(chunks, row, length);
      for (int i = 0; i < size; i++) {
        float value = chunks[i / ParameterChunks.LENGTH][i % ParameterChunks.LENGTH];
        assertEquals(i / length == row ? 0 : 1, value, "row " + row + ", element " + i);
      }
    }
  }
}
