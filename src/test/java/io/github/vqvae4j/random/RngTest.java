package io.github.vqvae4j.random;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** The generator of random numbers. */
class RngTest {
  private static final int MANY = 100_000;

  @Test
  void givesTheNumbersOfXoshiro256PlusPlusSeededBySplitMix64() {
    assertGives(
        0L, 0x53175d61490b23dfL, 0x61da6f3dc380d507L, 0x5c0fdf91ec9a7bfcL, 0x02eebf8c3bbe5e1aL);
    assertGives(
        1L, 0xcfc5d07f6f03c29bL, 0xbf424132963fe08dL, 0x19a37d5757aaf520L, 0xbf08119f05cd56d6L);
    assertGives(
        -1L, 0x56ccf8ce948e27b2L, 0xe68588432e5a5b90L, 0xe3e9b5a48119ca8bL, 0x460f19495532ae73L);
    assertGives(
        123456789012345L,
        0x5664598cc331e0eeL,
        0x25920aacdbe5fdeeL,
        0x048fb618445fc83bL,
        0xf8a3e22858734f01L);
  }

  private static void assertGives(long seed, long... expected) {
    Rng rng = new Rng(seed);
    long[] numbers = LongStream.generate(rng::nextLong).limit(expected.length).toArray();
    assertArrayEquals(expected, numbers, "seed " + seed);
  }

  /** The first numbers that the authors' own code gives for the state 1, 2, 3, 4. */
  @Test
  void givesThePublishedNumbers() {
    Rng rng = new Rng(0);
    rng.restore(new long[] {1, 2, 3, 4});
    assertEquals(41_943_041L, rng.nextLong());
    assertEquals(58_720_359L, rng.nextLong());
    assertEquals(3_588_806_011_781_223L, rng.nextLong());
    assertEquals(3_591_011_842_654_386L, rng.nextLong());
  }

  /** The logarithm within nextGaussian is the one of StrictMath, and bounds are met alike. */
  @Test
  void givesTheSameNumbersOnEveryJdk() {
    Rng rng = new Rng(11);
    long checksum = 0;
    for (int i = 0; i < MANY; i++) {
      checksum = 31 * checksum + Double.doubleToLongBits(rng.nextGaussian());
    }
    assertEquals(-445_209_537_014_092_919L, checksum);
    assertEquals(711_118_195, rng.nextInt(1_000_000_007));
    assertEquals(891, rng.nextInt(-5, 1_000));
    assertEquals(845_183_905_323L, rng.nextLong(1L << 40));
    assertEquals(-1_518_612_125, rng.nextInt());
    assertEquals(0.9456221649914366, rng.nextDouble());
    assertEquals(0.01615405f, rng.nextFloat());
    assertFalse(rng.nextBoolean());
  }

  @Test
  void goesOnFromASavedState() {
    Rng rng = new Rng(3);
    rng.nextGaussian();
    long[] state = rng.state();
    double[] expected = {rng.nextGaussian(), rng.nextDouble(), rng.nextInt(10), rng.nextGaussian()};
    Rng other = new Rng(4);
    other.restore(state);
    state[0]++;
    double[] found = {
      other.nextGaussian(), other.nextDouble(), other.nextInt(10), other.nextGaussian()
    };
    assertArrayEquals(expected, found);
    assertArrayEquals(rng.state(), other.state());
  }

  @Test
  void refusesAStateThatIsNone() {
    Rng rng = new Rng(3);
    long[] before = rng.state();
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> rng.restore(new long[] {1, 2, 3})),
        "4 numbers",
        "[1, 2, 3]",
        "Rng.state()");
    assertSays(
        assertThrows(IllegalArgumentException.class, () -> rng.restore(new long[4])),
        "[0, 0, 0, 0]");
    assertArrayEquals(before, rng.state());
  }

  @Test
  void splitsIntoGeneratorsThatHaveNothingInCommon() {
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
    assertEquals(3 * MANY, seen.size(), "no number twice");
    assertEquals(0, product / MANY, fourSigma(1), "no correlation");
    Rng again = new Rng(5);
    assertEquals(new Rng(5).split().nextLong(), again.split().nextLong());
    assertNotEquals(new Rng(5).nextLong(), again.nextLong(), "a split moves on");
  }

  @Test
  void uniformNumbersAreUniform() {
    Rng rng = new Rng(6);
    double sum = 0;
    double squares = 0;
    int[] counts = new int[10];
    for (int i = 0; i < MANY; i++) {
      double number = rng.nextDouble();
      assertTrue(number >= 0 && number < 1);
      sum += number;
      squares += number * number;
      counts[(int) (10 * number)]++;
    }
    assertEquals(0.5, sum / MANY, fourSigma(Math.sqrt(1.0 / 12)));
    assertEquals(1.0 / 3, squares / MANY, fourSigma(Math.sqrt(4.0 / 45)));
    for (int count : counts) {
      assertEquals(0.1, (double) count / MANY, fourSigma(0.3));
    }
  }

  @Test
  void normalNumbersAreNormal() {
    Rng rng = new Rng(7);
    double[] moments = new double[5];
    int beyondTwo = 0;
    for (int i = 0; i < MANY; i++) {
      double number = rng.nextGaussian();
      for (int power = 1; power < moments.length; power++) {
        moments[power] += Math.pow(number, power) / MANY;
      }
      beyondTwo += Math.abs(number) > 2 ? 1 : 0;
    }
    // The standard deviation of a power is the root of the moment of twice that power, less its
    // mean's square: moments 2, 4, 6, 8 are 1, 3, 15, 105.
    assertEquals(0, moments[1], fourSigma(1));
    assertEquals(1, moments[2], fourSigma(Math.sqrt(3 - 1)));
    assertEquals(0, moments[3], fourSigma(Math.sqrt(15)));
    assertEquals(3, moments[4], fourSigma(Math.sqrt(105 - 9)));
    assertEquals(0.0455, (double) beyondTwo / MANY, fourSigma(Math.sqrt(0.0455)));
  }

  /** Four standard deviations of a mean. */
  private static double fourSigma(double standardDeviation) {
    return 4 * standardDeviation / Math.sqrt(MANY);
  }
}
