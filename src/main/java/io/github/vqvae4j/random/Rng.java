package io.github.vqvae4j.random;

import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A seedable generator of random numbers whose whole state can be saved and restored.
 *
 * <p>The algorithm is xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2019), seeded through SplitMix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", 2014). It and each method declared here are written out, and not
 * taken from the JDK, so that a seed gives the same numbers on every JDK. The JDK's streams take
 * their numbers from these methods; its bounded float and double numbers, bounded long numbers and
 * {@code nextExponential} have algorithms of the JDK's own, which may change.
 *
 * <p>Not thread-safe: give each thread its own, by {@link #at} or {@link #split()}.
 */
public final class Rng implements RandomGenerator {
  /** 2<sup>64</sup> divided by the golden ratio, made odd: the step of SplitMix64. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long[] state = new long[4];

  /**
   * Creates the generator that a seed determines.
   *
   * @param seed any number
   */
  public Rng(long seed) {
    for (int i = 0; i < state.length; i++) {
      state[i] = mix(seed + (i + 1) * GOLDEN);
    }
  }

  /**
   * Returns a new generator that is a function of a seed and keys alone, such as (seed, step,
   * place): whoever asks, and in whatever order, gets the same numbers. With G = 0x9E3779B97F4A7C15
   * and SplitMix64's finalizer mix, it is
   *
   * <pre>
   * h = mix(mix(seed + G) + number of keys + G)
   * h = mix(h + key + G)    for each key in turn
   * new Rng(h)
   * </pre>
   *
   * <p>so that neighbouring keys, keys in another order, and (1) and (1, 0) give unrelated numbers.
   * Two lists of keys give the same generator only by chance, once in 2<sup>64</sup> pairs.
   *
   * @param seed any number
   * @param keys any numbers, none or more
   * @return a new generator
   */
  public static Rng at(long seed, long... keys) {
    long hash = mix(mix(seed + GOLDEN) + keys.length + GOLDEN);
    for (long key : keys) {
      hash = mix(hash + key + GOLDEN);
    }
    return new Rng(hash);
  }

  /** The finalizer of SplitMix64: Stafford's variant 13 of the one of MurmurHash3. */
  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  @Override
  public long nextLong() {
    long result = Long.rotateLeft(state[0] + state[3], 23) + state[0];
    long t = state[1] << 17;
    state[2] ^= state[0];
    state[3] ^= state[1];
    state[1] ^= state[2];
    state[0] ^= state[3];
    state[2] ^= t;
    state[3] = Long.rotateLeft(state[3], 45);
    return result;
  }

  /** Returns any int: the upper half of {@link #nextLong()}. */
  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  /**
   * Returns a number from 0 to bound - 1, each equally likely. A power of two takes the lower bits
   * of {@link #nextInt()}; any other bound takes the remainder of its upper 31 bits, of which those
   * past the last whole multiple of the bound are drawn again.
   *
   * @param bound 1 or more
   * @throws IllegalArgumentException if the bound is less
   */
  @Override
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException(
          "Rng: expected a bound of 1 or more, got "
              + bound
              + ": give how many numbers there are.");
    }
    if ((bound & (bound - 1)) == 0) {
      return nextInt() & (bound - 1);
    }
    int bits;
    int number;
    do {
      bits = nextInt() >>> 1;
      number = bits % bound;
      // Overflows where the multiple that bits are in is not whole.
    } while (bits - number + (bound - 1) < 0);
    return number;
  }

  /**
   * Returns a number from {@code origin} to {@code bound - 1}, each equally likely: {@code origin +
   * nextInt(bound - origin)}, or, if that difference is no int, the first {@link #nextInt()} in the
   * range.
   *
   * @throws IllegalArgumentException if origin is not less than bound
   */
  @Override
  public int nextInt(int origin, int bound) {
    if (origin >= bound) {
      throw new IllegalArgumentException(
          "Rng: expected an origin below the bound, got " + origin + " and " + bound + ".");
    }
    int count = bound - origin;
    if (count > 0) {
      return origin + nextInt(count);
    }
    int number = nextInt();
    while (number < origin || number >= bound) {
      number = nextInt();
    }
    return number;
  }

  /** Returns a number in [0, 1), a multiple of 2<sup>-53</sup>: the upper 53 bits. */
  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /** Returns a number in [0, 1), a multiple of 2<sup>-24</sup>: the upper 24 bits. */
  @Override
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /** Returns the uppermost bit. */
  @Override
  public boolean nextBoolean() {
    return nextLong() < 0;
  }

  /**
   * Returns a number from the standard normal distribution, by Marsaglia's polar method. The
   * method's second number is thrown away, so that {@link #state()} is the whole state.
   */
  @Override
  public double nextGaussian() {
    while (true) {
      double u = 2 * nextDouble() - 1;
      double v = 2 * nextDouble() - 1;
      double s = u * u + v * v;
      if (s > 0 && s < 1) {
        // StrictMath's logarithm is the same everywhere; square roots always are.
        return u * Math.sqrt(-2 * StrictMath.log(s) / s);
      }
    }
  }

  /**
   * Sets {@code target[from]} to {@code target[to - 1]} to what {@link #nextFloat()} returns.
   *
   * @param target is written
   * @param from the first index
   * @param to one more than the last
   * @throws IndexOutOfBoundsException if the range is not in the array
   */
  public void fillUniform(float[] target, int from, int to) {
    Objects.checkFromToIndex(from, to, target.length);
    for (int i = from; i < to; i++) {
      target[i] = nextFloat();
    }
  }

  /**
   * Sets {@code target[from]} to {@code target[to - 1]} to what {@link #nextDouble()} returns.
   *
   * @param target is written
   * @param from the first index
   * @param to one more than the last
   * @throws IndexOutOfBoundsException if the range is not in the array
   */
  public void fillUniform(double[] target, int from, int to) {
    Objects.checkFromToIndex(from, to, target.length);
    for (int i = from; i < to; i++) {
      target[i] = nextDouble();
    }
  }

  /**
   * Sets each of {@code target[from]} to {@code target[to - 1]} to a value with a probability, or
   * else to 0: to the value where {@link #nextDouble()} is less than the probability. The mask of
   * dropout has the value 1 / p.
   *
   * @param target is written
   * @param from the first index
   * @param to one more than the last
   * @param probability 0 to 1
   * @param value what is not 0
   * @throws IndexOutOfBoundsException if the range is not in the array
   * @throws IllegalArgumentException if the probability is not within 0 and 1
   */
  public void fillBernoulli(float[] target, int from, int to, double probability, float value) {
    Objects.checkFromToIndex(from, to, target.length);
    long below = below(probability);
    // Chosen as bits: of ints the compiler makes a conditional move, of floats a branch, which the
    // processor would mostly guess wrong (1 ns instead of 5 for each).
    int bits = Float.floatToRawIntBits(value);
    for (int i = from; i < to; i++) {
      target[i] = Float.intBitsToFloat(nextLong() >>> 11 < below ? bits : 0);
    }
  }

  /**
   * As {@link #fillBernoulli(float[], int, int, double, float)}: the same numbers give the same
   * choices.
   *
   * @param target is written
   * @param from the first index
   * @param to one more than the last
   * @param probability 0 to 1
   * @param value what is not 0
   * @throws IndexOutOfBoundsException if the range is not in the array
   * @throws IllegalArgumentException if the probability is not within 0 and 1
   */
  public void fillBernoulli(double[] target, int from, int to, double probability, double value) {
    Objects.checkFromToIndex(from, to, target.length);
    long below = below(probability);
    long bits = Double.doubleToRawLongBits(value);
    for (int i = from; i < to; i++) {
      target[i] = Double.longBitsToDouble(nextLong() >>> 11 < below ? bits : 0);
    }
  }

  /** How many of the 2<sup>53</sup> numbers of {@link #nextDouble()} are below a probability. */
  private static long below(double probability) {
    if (!(probability >= 0 && probability <= 1)) {
      throw new IllegalArgumentException(
          "Rng: expected a probability from 0 to 1, got " + probability + ".");
    }
    return (long) Math.ceil(probability * 0x1p53);
  }

  /**
   * Returns a new generator, independent of what this one gives from now on: {@code new
   * Rng(nextLong())}.
   *
   * @return the new one
   */
  public Rng split() {
    return new Rng(nextLong());
  }

  /**
   * Returns the whole state, for {@link #restore}.
   *
   * @return four numbers, a copy
   */
  public long[] state() {
    return state.clone();
  }

  /**
   * Goes on from a saved state.
   *
   * @param saved what {@link #state()} had returned
   * @throws IllegalArgumentException if it is not four numbers of which one at least is not zero
   */
  public void restore(long[] saved) {
    if (saved.length != state.length || (saved[0] | saved[1] | saved[2] | saved[3]) == 0) {
      throw new IllegalArgumentException(
          "Rng: expected a state of 4 numbers that are not all zero, got "
              + Arrays.toString(saved)
              + ": pass what Rng.state() returned.");
    }
    System.arraycopy(saved, 0, state, 0, state.length);
  }
}
