package io.github.vqvae4j.random;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Random values of a pass do not depend on how its batch is split. */
class RngKeyTest {
  private static final int BATCH = 12;
  private static final int DRAWS = 3;
  private static final int ELEMENTS = 5;

  /** Values from src/test/python/random_numbers.py. */
  @Test
  void matchesTheDocumentedFormula() {
    assertEquals(0x9fe826904def2d7cL, new RngKey(42, 1000, 0).example(3, 31).nextLong());
    assertEquals(0x9fe826904def2d7cL, new RngKey(42, 1000, 29).example(3, 2).nextLong());
    assertEquals(0xed7c90f3805a042cL, new RngKey(42, 1000, 0).shared(3).nextLong());
    assertEquals(0xed7c90f3805a042cL, new RngKey(42, 1000, 29).shared(3).nextLong());
  }

  @Test
  void splitBatchesDrawTheSameValues() {
    double[][] whole = draw(BATCH);
    assertArrayEquals(whole, draw(5, 7));
    assertArrayEquals(whole, draw(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    assertArrayEquals(whole, draw(11, 1));
  }

  /** Draws for chunks of these sizes, from last to first. */
  private static double[][] draw(int... chunks) {
    double[][] values = new double[BATCH][DRAWS * ELEMENTS];
    int first = BATCH;
    for (int chunk = chunks.length - 1; chunk >= 0; chunk--) {
      first -= chunks[chunk];
      RngKey key = new RngKey(9, 77, first);
      for (int draw = 0; draw < DRAWS; draw++) {
        for (int i = 0; i < chunks[chunk]; i++) {
          Rng rng = key.example(draw, i);
          for (int element = 0; element < ELEMENTS; element++) {
            values[first + i][draw * ELEMENTS + element] = rng.nextDouble();
          }
        }
      }
    }
    assertEquals(0, first);
    return values;
  }

  @Test
  void orderAndRepetitionDoNotMatter() {
    RngKey key = new RngKey(5, 8, 3);
    List<Integer> indices = new ArrayList<>();
    for (int i = 0; i < BATCH * DRAWS; i++) {
      indices.add(i);
    }
    long[] expected = new long[indices.size()];
    indices.forEach(p -> expected[p] = key.example(p % DRAWS, p / DRAWS).nextLong());
    indices.addAll(List.copyOf(indices));
    Collections.shuffle(indices, new Random(2));
    for (int p : indices) {
      key.shared(p).nextLong();
      RngKey equal = new RngKey(5, 8, 3);
      assertEquals(expected[p], equal.example(p % DRAWS, p / DRAWS).nextLong());
    }
  }

  /** Streams of different seeds, steps, draws and examples, and shared streams, are disjoint. */
  @Test
  void allStreamsAreDistinct() {
    Set<Long> seen = new HashSet<>();
    int count = 0;
    for (int seed = -3; seed < 3; seed++) {
      for (int step = 0; step < 6; step++) {
        RngKey key = new RngKey(seed, step, 0);
        for (int draw = 0; draw < 6; draw++) {
          for (int i = 0; i < 6; i++) {
            count += add(seen, key.example(draw, i));
          }
          count += add(seen, key.shared(draw));
        }
      }
    }
    assertEquals(count, seen.size());
  }

  private static int add(Set<Long> seen, Rng rng) {
    long[] values = {rng.nextLong(), rng.nextLong(), rng.nextLong()};
    Arrays.stream(values).forEach(seen::add);
    return values.length;
  }

  @Test
  void negativeStepsAndExamplesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new RngKey(1, -1, 2)),
        "step -1 and firstExample 2",
        "at least 0",
        "Count both from 0");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new RngKey(-7, 3, -2)),
        "step 3 and firstExample -2");
  }
}
