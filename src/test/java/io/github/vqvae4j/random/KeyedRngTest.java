package io.github.vqvae4j.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** {@link Rng#at}: generators determined by seed and keys. */
class KeyedRngTest {
  /** With 63 degrees of freedom, exceeded by chance once in 10<sup>8</sup> tests. */
  private static final double CHI_SQUARE_63 = 150;

  /** Values from src/test/python/random_numbers.py, which implements the formula independently. */
  @Test
  void matchesTheDocumentedFormula() {
    assertSequence(Rng.at(0), 0x3ed1653f0682083aL, 0x852cecd8e7418ff7L);
    assertSequence(Rng.at(0, 0), 0x3586de1a5b438236L, 0xcc4d2fe56804e0d1L);
    assertSequence(Rng.at(0, 0, 0), 0x565ca2b1715b282eL, 0xd86b5737dc1ff39cL);
    assertSequence(Rng.at(7, 1), 0x946d5f75615af5b6L, 0x14de37236630bfd0L);
    assertSequence(Rng.at(7, 1, 0), 0xa3d9f412d0c49e79L, 0xc94b45aba8ac36f6L);
    assertSequence(Rng.at(7, 0, 1), 0xf5976b48adda75d5L, 0xb0fb98505e96b6cdL);
    assertSequence(Rng.at(-1, -1), 0x46969198ee675673L, 0x4aa3f62a89979a09L);
    assertSequence(Rng.at(42, 1000, 3, 31), 0x9fe826904def2d7cL, 0xb20904e645ee6c5cL);
  }

  private static void assertSequence(Rng rng, long... expected) {
    assertArrayEquals(
        expected, LongStream.generate(rng::nextLong).limit(expected.length).toArray());
  }

  @Test
  void aMillionAdjacentKeysGiveDistinctGenerators() {
    long[] first = new long[10 * 100 * 10 * 100];
    int next = 0;
    for (int seed = 0; seed < 10; seed++) {
      for (int step = 0; step < 100; step++) {
        for (int draw = 0; draw < 10; draw++) {
          for (int example = 0; example < 100; example++) {
            first[next++] = Rng.at(seed, step, draw, example).nextLong();
          }
        }
      }
    }
    assertDistinct(first);
  }

  /** All lists of one to six keys from 0 to 3. */
  @Test
  void orderAndNumberOfKeysMatter() {
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

  private static void assertDistinct(long[] values) {
    assertEquals(values.length, Arrays.stream(values).distinct().count(), "distinct values");
  }

  /** The first values for consecutive seeds or keys are themselves random. */
  @Test
  void firstValuesOfAdjacentKeysAreUniformAndUncorrelated() {
    long start = System.nanoTime();
    System.out.println("KeyedRngTest: seed " + start);
    for (int index = 0; index < 4; index++) {
      int count = 100_000;
      long[] values = new long[count];
      for (int i = 0; i < count; i++) {
        long[] keys = {start, 3, 2, 1};
        keys[index] += i;
        values[i] = Rng.at(keys[0], keys[1], keys[2], keys[3]).nextLong();
      }
      String name = "key " + index + " from " + start;
      assertUniform(values, name);
      double correlation = 0;
      int[] sameBits = new int[Long.SIZE];
      for (int i = 1; i < count; i++) {
        correlation += signed(values[i - 1]) * signed(values[i]) * 3 / (count - 1);
        for (int bit = 0; bit < Long.SIZE; bit++) {
          sameBits[bit] += (int) (~(values[i - 1] ^ values[i]) >>> bit & 1);
        }
      }
      assertEquals(0, correlation, 6 / Math.sqrt(count), name);
      for (int sameCount : sameBits) {
        assertEquals(0.5, (double) sameCount / (count - 1), 3 / Math.sqrt(count), name);
      }
    }
  }

  /** Maps a long to [-1, 1), with variance 1/3 if it is uniform. */
  private static double signed(long value) {
    return value * 0x1p-63;
  }

  /** Chi-square test over the 64 values of six adjacent bits. */
  private static void assertUniform(long[] values, String name) {
    for (int shift = 0; shift <= Long.SIZE - 6; shift += 2) {
      int[] counts = new int[64];
      for (long value : values) {
        counts[(int) (value >>> shift & 63)]++;
      }
      double expected = values.length / 64.0;
      double chiSquare = 0;
      for (int observed : counts) {
        chiSquare += (observed - expected) * (observed - expected) / expected;
      }
      assertTrue(chiSquare < CHI_SQUARE_63, name + ", bits from " + shift + ": " + chiSquare);
      // An overly even distribution is not random either.
      assertTrue(chiSquare > 20, name + ", bits from " + shift + ": " + chiSquare);
    }
  }
}
