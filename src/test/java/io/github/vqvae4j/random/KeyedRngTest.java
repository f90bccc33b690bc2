package io.github.vqvae4j.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** {@link Rng#at}: generators that are functions of seed and keys. */
class KeyedRngTest {
  /** 63 degrees of freedom: more than this by chance once in 10<sup>8</sup> tests. */
  private static final double CHI_SQUARE_63 = 150;

  /** Printed by src/test/python/random_numbers.py, which is written from the formula alone. */
  @Test
  void isTheFunctionThatTheFormulaSays() {
    assertGives(Rng.at(0), 0x3ed1653f0682083aL, 0x852cecd8e7418ff7L);
    assertGives(Rng.at(0, 0), 0x3586de1a5b438236L, 0xcc4d2fe56804e0d1L);
    assertGives(Rng.at(0, 0, 0), 0x565ca2b1715b282eL, 0xd86b5737dc1ff39cL);
    assertGives(Rng.at(7, 1), 0x946d5f75615af5b6L, 0x14de37236630bfd0L);
    assertGives(Rng.at(7, 1, 0), 0xa3d9f412d0c49e79L, 0xc94b45aba8ac36f6L);
    assertGives(Rng.at(7, 0, 1), 0xf5976b48adda75d5L, 0xb0fb98505e96b6cdL);
    assertGives(Rng.at(-1, -1), 0x46969198ee675673L, 0x4aa3f62a89979a09L);
    assertGives(Rng.at(42, 1000, 3, 31), 0x9fe826904def2d7cL, 0xb20904e645ee6c5cL);
  }

  private static void assertGives(Rng rng, long... expected) {
    assertArrayEquals(
        expected, LongStream.generate(rng::nextLong).limit(expected.length).toArray());
  }

  @Test
  void aMillionNeighbouringKeysGiveAMillionGenerators() {
    long[] first = new long[10 * 100 * 10 * 100];
    int next = 0;
    for (int seed = 0; seed < 10; seed++) {
      for (int step = 0; step < 100; step++) {
        for (int draw = 0; draw < 10; draw++) {
          for (int place = 0; place < 100; place++) {
            first[next++] = Rng.at(seed, step, draw, place).nextLong();
          }
        }
      }
    }
    assertDistinct(first);
  }

  /** Lists of one to six numbers from 0 to 3: the same numbers in all orders and counts. */
  @Test
  void orderAndNumberOfKeysCount() {
    long[] first = new long[4 + 16 + 64 + 256 + 1024 + 4096];
    int next = 0;
    for (int count = 1; count <= 6; count++) {
      for (int code = 0; code < 1 << 2 * count; code++) {
        long[] keys = new long[count];
        for (int k = 0; k < count; k++) {
          keys[k] = code >> 2 * k & 3;
        }
        first[next++] = Rng.at(0, keys).nextLong();
      }
    }
    assertEquals(first.length, next);
    assertDistinct(first);
  }

  private static void assertDistinct(long[] numbers) {
    assertEquals(numbers.length, Arrays.stream(numbers).distinct().count(), "different numbers");
  }

  /** Counting up any one key, seed included, is as good as a generator. */
  @Test
  void firstNumbersOfNeighboursAreUniformAndUncorrelated() {
    long start = System.nanoTime();
    System.out.println("KeyedRngTest: neighbours of " + start);
    for (int varied = 0; varied < 4; varied++) {
      int count = 100_000;
      long[] numbers = new long[count];
      for (int i = 0; i < count; i++) {
        long[] keys = {start, 3, 2, 1};
        keys[varied] += i;
        numbers[i] = Rng.at(keys[0], keys[1], keys[2], keys[3]).nextLong();
      }
      String name = "key " + varied + " from " + start;
      assertUniform(numbers, name);
      double correlation = 0;
      int[] sameBits = new int[Long.SIZE];
      for (int i = 1; i < count; i++) {
        correlation += signed(numbers[i - 1]) * signed(numbers[i]) * 3 / (count - 1);
        for (int bit = 0; bit < Long.SIZE; bit++) {
          sameBits[bit] += (int) (~(numbers[i - 1] ^ numbers[i]) >>> bit & 1);
        }
      }
      assertEquals(0, correlation, 6 / Math.sqrt(count), name);
      for (int same : sameBits) {
        assertEquals(0.5, (double) same / (count - 1), 3 / Math.sqrt(count), name);
      }
    }
  }

  /** A number from -1 to 1 of variance 1/3. */
  private static double signed(long number) {
    return number * 0x1p-63;
  }

  /** Chi-square over the 64 values of each six neighbouring bits. */
  private static void assertUniform(long[] numbers, String name) {
    for (int shift = 0; shift <= Long.SIZE - 6; shift += 2) {
      int[] counts = new int[64];
      for (long number : numbers) {
        counts[(int) (number >>> shift & 63)]++;
      }
      double expected = numbers.length / 64.0;
      double chiSquare = 0;
      for (int found : counts) {
        chiSquare += (found - expected) * (found - expected) / expected;
      }
      assertTrue(chiSquare < CHI_SQUARE_63, name + ", bits from " + shift + ": " + chiSquare);
      // Far too even would be no chance either.
      assertTrue(chiSquare > 20, name + ", bits from " + shift + ": " + chiSquare);
    }
  }
}
