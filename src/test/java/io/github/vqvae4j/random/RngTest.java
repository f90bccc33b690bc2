package io.github.vqvae4j.random;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** {@link Rng}. */
class RngTest {
  private static final int MANY = 100_000;

  /**
   * Values from src/test/python/random_numbers.py, which implements the algorithms independently.
   */
  @Test
  void implementsXoshiro256PlusPlusSeededBySplitMix64() {
    assertSequence(
        0L, 0x53175d61490b23dfL, 0x61da6f3dc380d507L, 0x5c0fdf91ec9a7bfcL, 0x02eebf8c3bbe5e1aL);
    assertSequence(
        1L, 0xcfc5d07f6f03c29bL, 0xbf424132963fe08dL, 0x19a37d5757aaf520L, 0xbf08119f05cd56d6L);
    assertSequence(
        -1L, 0x56ccf8ce948e27b2L, 0xe68588432e5a5b90L, 0xe3e9b5a48119ca8bL, 0x460f19495532ae73L);
    assertSequence(
        123456789012345L,
        0x5664598cc331e0eeL,
        0x25920aacdbe5fdeeL,
        0x048fb618445fc83bL,
        0xf8a3e22858734f01L);
  }

  private static void assertSequence(long seed, long... expected) {
    Rng rng = new Rng(seed);
    long[] values = LongStream.generate(rng::nextLong).limit(expected.length).toArray();
    assertArrayEquals(expected, values, "seed " + seed);
  }

  /** The first values of the authors' implementation for the state 1, 2, 3, 4. */
  @Test
  void matchesThePublishedImplementation() {
    Rng rng = new Rng(0);
    rng.restore(new long[] {1, 2, 3, 4});
    assertEquals(41_943_041L, rng.nextLong());
    assertEquals(58_720_359L, rng.nextLong());
    assertEquals(3_588_806_011_781_223L, rng.nextLong());
    assertEquals(3_591_011_842_654_386L, rng.nextLong());
  }

  /** nextGaussian uses StrictMath, and bounded methods do not use the JDK's algorithms. */
  @Test
  void sequencesAreTheSameOnEveryJdk() {
    Rng rng = new Rng(11);
    long checksum = 0;
    for (int i = 0; i < MANY; i++) {
      checksum = 31 * checksum + Double.doubleToLongBits(rng.nextGaussian());
    }
    assertEquals(-445_209_537_014_092_919L, checksum);
    assertEquals(711_118_195, rng.nextInt(1_000_000_007));
    assertEquals(891, rng.nextInt(-5, 1_000));
    rng.nextLong();
    assertEquals(-1_518_612_125, rng.nextInt());
    assertEquals(0.9456221649914366, rng.nextDouble());
    assertEquals(0.01615405f, rng.nextFloat());
    assertFalse(rng.nextBoolean());
  }

  /** The initial state equals the published SplitMix64 outputs for seed 1234567. */
  @Test
  void theStateIsSeededBySplitMix64() {
    String[] published = {
      "6457827717110365317", "3203168211198807973", "9817491932198370423", "4593380528125082431"
    };
    String[] state =
        LongStream.of(new Rng(1234567).state())
            .mapToObj(Long::toUnsignedString)
            .toArray(String[]::new);
    assertArrayEquals(published, state);
  }

  /** Values from src/test/python/random_numbers.py. */
  @Test
  void methodsMatchTheirDocumentedFormulas() {
    assertInts(1, 0, 0, 0, 0, 0, 0, 0, 0);
    assertInts(2, 0, 1, 0, 0, 1, 1, 0, 0);
    assertInts(3, 2, 1, 0, 1, 1, 1, 1, 0);
    assertInts(6, 2, 1, 3, 4, 4, 1, 1, 0);
    assertInts(1000, 766, 17, 87, 28, 560, 749, 587, 478);
    assertInts(1 << 16, 48076, 41363, 4334, 30904, 45137, 20395, 16950, 1356);
    // Nearly half of all draws are rejected.
    assertInts((1 << 30) + 1, 563435560, 279650587, 44237478, 845523907, 780941602, 655884240);
    assertInts(Integer.MAX_VALUE, 1846369766, 1731875017, 2070612087, 1295400028, 563435560);
    Rng rng = new Rng(11);
    for (double expected :
        new double[] {0.8597829221784297, 0.8064671502733299, 0.9642038901700708}) {
      assertEquals(expected, rng.nextDouble());
    }
    rng = new Rng(11);
    for (double expected :
        new double[] {0.859782874584198, 0.8064671158790588, 0.9642038345336914}) {
      assertEquals(expected, rng.nextFloat());
    }
    rng = new Rng(11);
    for (boolean expected : new boolean[] {true, true, true, true, false}) {
      assertEquals(expected, rng.nextBoolean());
    }
    rng = new Rng(11);
    for (double expected :
        new double[] {0.3613369948833081, 0.43722908835552543, -0.9971647547939007}) {
      // Python uses the C library's logarithm.
      assertEquals(expected, rng.nextGaussian(), 1e-15);
    }
  }

  private static void assertInts(int bound, int... expected) {
    Rng rng = new Rng(11);
    int[] values = IntStream.generate(() -> rng.nextInt(bound)).limit(expected.length).toArray();
    assertArrayEquals(expected, values, "bound " + bound);
    Rng same = new Rng(11);
    Rng shifted = new Rng(11);
    int[] streamed = same.ints(expected.length, 0, bound).toArray();
    assertArrayEquals(expected, streamed, "streams draw from nextInt");
    for (int value : expected) {
      assertEquals(value - 7, shifted.nextInt(-7, bound - 7));
    }
  }

  @Test
  void rangesWiderThanAnIntAreCovered() {
    Rng rng = new Rng(12);
    int negative = 0;
    for (int i = 0; i < MANY; i++) {
      int value = rng.nextInt(Integer.MIN_VALUE, Integer.MAX_VALUE - 1_000_000_000);
      assertTrue(value < Integer.MAX_VALUE - 1_000_000_000);
      negative += value < 0 ? 1 : 0;
    }
    double fraction = 0x1p31 / (0x1p32 - 1 - 1_000_000_000);
    assertEquals(fraction, (double) negative / MANY, fourSigma(0.5));
  }

  @Test
  void boundedValuesAreUniform() {
    for (int bound : new int[] {6, 8}) {
      Rng rng = new Rng(13);
      int[] counts = new int[bound];
      for (int i = 0; i < MANY; i++) {
        counts[rng.nextInt(bound)]++;
      }
      double fraction = 1.0 / bound;
      for (int count : counts) {
        assertEquals(
            fraction, (double) count / MANY, fourSigma(Math.sqrt(fraction * (1 - fraction))));
      }
    }
  }

  @Test
  void emptyRangesAreRejected() {
    Rng rng = new Rng(3);
    for (int bound : new int[] {0, -1, Integer.MIN_VALUE}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> rng.nextInt(bound)),
          "a bound of at least 1",
          "got " + bound);
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> rng.nextInt(5, 5)),
        "an origin less than the bound",
        "origin 5 and bound 5");
    assertThrows(
        IllegalArgumentException.class,
        () -> rng.nextInt(Integer.MAX_VALUE, Integer.MIN_VALUE),
        "overflow is handled");
  }

  @Test
  void fillUniformEqualsSingleDraws() {
    Rng one = new Rng(14);
    Rng filling = new Rng(14);
    float[] floats = new float[11];
    double[] doubles = new double[11];
    filling.fillUniform(floats, 2, 9);
    filling.fillUniform(doubles, 2, 9);
    for (int i = 0; i < 11; i++) {
      assertEquals(i < 2 || i >= 9 ? 0 : one.nextFloat(), floats[i]);
    }
    for (int i = 0; i < 11; i++) {
      assertEquals(i < 2 || i >= 9 ? 0 : one.nextDouble(), doubles[i]);
    }
    assertArrayEquals(one.state(), filling.state());
    filling.fillUniform(floats, 11, 11);
    filling.fillUniform(doubles, 0, 0);
    assertArrayEquals(one.state(), filling.state());
  }

  @Test
  void fillsRejectInvalidRanges() {
    Rng rng = new Rng(16);
    long[] before = rng.state();
    float[] floats = {7, 7};
    double[] doubles = {7, 7};
    for (int[] range : new int[][] {{-1, 1}, {0, 3}, {2, 1}}) {
      assertOutside(() -> rng.fillUniform(floats, range[0], range[1]));
      assertOutside(() -> rng.fillUniform(doubles, range[0], range[1]));
    }
    assertArrayEquals(new float[] {7, 7}, floats);
    assertArrayEquals(new double[] {7, 7}, doubles);
    assertArrayEquals(before, rng.state());
  }

  private static void assertOutside(Executable call) {
    assertThrows(IndexOutOfBoundsException.class, call);
  }

  @Test
  void restoresASavedState() {
    Rng rng = new Rng(3);
    rng.nextGaussian();
    long[] state = rng.state();
    double[] expected = {rng.nextGaussian(), rng.nextDouble(), rng.nextInt(10), rng.nextGaussian()};
    Rng other = new Rng(4);
    other.restore(state);
    state[0]++;
    double[] actual = {
      other.nextGaussian(), other.nextDouble(), other.nextInt(10), other.nextGaussian()
    };
    assertArrayEquals(expected, actual);
    assertArrayEquals(rng.state(), other.state());
  }

  @Test
  void rejectsInvalidStates() {
    Rng rng = new Rng(3);
    long[] before = rng.state();
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> rng.restore(new long[] {1, 2, 3})),
        "4 values",
        "[1, 2, 3]",
        "Rng.state()");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> rng.restore(new long[4])),
        "[0, 0, 0, 0]");
    assertArrayEquals(before, rng.state());
  }

  @Test
  void splitGeneratorsAreIndependent() {
    Rng rng = new Rng(5);
    Rng first = rng.split();
    Rng second = rng.split();
    Set<Long> seen = new HashSet<>();
    double product = 0;
    for (int i = 0; i < MANY; i++) {
      double a = first.nextGaussian();
      double b = second.nextGaussian();
      product += a * b;
      seen.add(Double.doubleToLongBits(a));
      seen.add(Double.doubleToLongBits(b));
      seen.add(Double.doubleToLongBits(rng.nextGaussian()));
    }
    assertEquals(3 * MANY, seen.size(), "all values are distinct");
    assertEquals(0, product / MANY, fourSigma(1), "no correlation");
    Rng again = new Rng(5);
    assertEquals(new Rng(5).split().nextLong(), again.split().nextLong());
    assertNotEquals(new Rng(5).nextLong(), again.nextLong(), "split advances the state");
  }

  @Test
  void uniformValuesAreUniform() {
    Rng rng = new Rng(6);
    double sum = 0;
    double squares = 0;
    int[] counts = new int[10];
    for (int i = 0; i < MANY; i++) {
      double value = rng.nextDouble();
      assertTrue(value >= 0 && value < 1);
      sum += value;
      squares += value * value;
      counts[(int) (10 * value)]++;
    }
    assertEquals(0.5, sum / MANY, fourSigma(Math.sqrt(1.0 / 12)));
    assertEquals(1.0 / 3, squares / MANY, fourSigma(Math.sqrt(4.0 / 45)));
    for (int count : counts) {
      assertEquals(0.1, (double) count / MANY, fourSigma(0.3));
    }
  }

  @Test
  void normalValuesAreNormal() {
    Rng rng = new Rng(7);
    double[] moments = new double[5];
    int beyondTwo = 0;
    for (int i = 0; i < MANY; i++) {
      double value = rng.nextGaussian();
      for (int power = 1; power < moments.length; power++) {
        moments[power] += Math.pow(value, power) / MANY;
      }
      beyondTwo += Math.abs(value) > 2 ? 1 : 0;
    }
    // The variance of x^k is the 2k-th moment minus the squared k-th moment; the moments 2, 4, 6
    // and 8 are 1, 3, 15 and 105.
    assertEquals(0, moments[1], fourSigma(1));
    assertEquals(1, moments[2], fourSigma(Math.sqrt(3 - 1)));
    assertEquals(0, moments[3], fourSigma(Math.sqrt(15)));
    assertEquals(3, moments[4], fourSigma(Math.sqrt(105 - 9)));
    assertEquals(0.0455, (double) beyondTwo / MANY, fourSigma(Math.sqrt(0.0455)));
  }

  /** Returns four standard deviations of a mean. */
  private static double fourSigma(double standardDeviation) {
    return 4 * standardDeviation / Math.sqrt(MANY);
  }
}
