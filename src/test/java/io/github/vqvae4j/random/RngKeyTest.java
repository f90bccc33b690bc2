package io.github.vqvae4j.random;

import static io.github.vqvae4j.io.ErrorText.assertSays;
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

/** Random numbers of a pass do not depend on how its batch is cut. */
class RngKeyTest {
  private static final int BATCH = 12;
  private static final int DRAWS = 3;
  private static final int ELEMENTS = 5;

  /** The constants are printed by src/test/python/random_numbers.py. */
  @Test
  void isTheFunctionThatTheJavadocSays() {
    assertEquals(0x9fe826904def2d7cL, new RngKey(42, 1000, 0).example(3, 31).nextLong());
    assertEquals(0x9fe826904def2d7cL, new RngKey(42, 1000, 29).example(3, 2).nextLong());
    assertEquals(0xed7c90f3805a042cL, new RngKey(42, 1000, 0).shared(3).nextLong());
    assertEquals(0xed7c90f3805a042cL, new RngKey(42, 1000, 29).shared(3).nextLong());
  }

  @Test
  void aBatchCutInAnyWayDrawsTheSameNumbers() {
    double[][] whole = drawn(BATCH);
    assertArrayEquals(whole, drawn(5, 7));
    assertArrayEquals(whole, drawn(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1));
    assertArrayEquals(whole, drawn(11, 1));
  }

  /** Computes the parts last to first, and the draws of an example one after another. */
  private static double[][] drawn(int... parts) {
    double[][] numbers = new double[BATCH][DRAWS * ELEMENTS];
    int first = BATCH;
    for (int part = parts.length - 1; part >= 0; part--) {
      first -= parts[part];
      RngKey key = new RngKey(9, 77, first);
      for (int draw = 0; draw < DRAWS; draw++) {
        for (int i = 0; i < parts[part]; i++) {
          Rng rng = key.example(draw, i);
          for (int element = 0; element < ELEMENTS; element++) {
            numbers[first + i][draw * ELEMENTS + element] = rng.nextDouble();
          }
        }
      }
    }
    assertEquals(0, first);
    return numbers;
  }

  @Test
  void askingInAnotherOrderOrTwiceGivesTheSame() {
    RngKey key = new RngKey(5, 8, 3);
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < BATCH * DRAWS; i++) {
      places.add(i);
    }
    long[] expected = new long[places.size()];
    places.forEach(p -> expected[p] = key.example(p % DRAWS, p / DRAWS).nextLong());
    places.addAll(List.copyOf(places));
    Collections.shuffle(places, new Random(2));
    for (int p : places) {
      key.shared(p).nextLong();
      RngKey equal = new RngKey(5, 8, 3);
      assertEquals(expected[p], equal.example(p % DRAWS, p / DRAWS).nextLong());
    }
  }

  /** Seeds, steps, draws, places, and what is shared, have nothing in common. */
  @Test
  void everyStreamIsItsOwn() {
    Set<Long> seen = new HashSet<>();
    int asked = 0;
    for (int seed = -3; seed < 3; seed++) {
      for (int step = 0; step < 6; step++) {
        RngKey key = new RngKey(seed, step, 0);
        for (int draw = 0; draw < 6; draw++) {
          for (int i = 0; i < 6; i++) {
            asked += add(seen, key.example(draw, i));
          }
          asked += add(seen, key.shared(draw));
        }
      }
    }
    assertEquals(asked, seen.size());
  }

  private static int add(Set<Long> seen, Rng rng) {
    long[] numbers = {rng.nextLong(), rng.nextLong(), rng.nextLong()};
    Arrays.stream(numbers).forEach(seen::add);
    return numbers.length;
  }

  @Test
  void numbersBelowZeroAreRefused() {
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> new RngKey(1, -1, 2)),
        "step -1 and firstExample 2",
        "0 or more",
        "count both from 0");
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> new RngKey(-7, 3, -2)),
        "step 3 and firstExample -2");
  }
}
