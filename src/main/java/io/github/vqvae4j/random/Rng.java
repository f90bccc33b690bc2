package io.github.vqvae4j.random;

import java.util.Arrays;
import java.util.Objects;
import java.util.random.RandomGenerator;

/**
 * A seedable random number generator whose complete state can be saved and restored.
 *
 * <pre>{@code
 * Rng rng = new Rng(42);
 * double noise = rng.nextGaussian();
 * long[] saved = rng.state();
 * double next = rng.nextDouble();
 * rng.restore(saved);
 * boolean same = rng.nextDouble() == next; // true
 * }</pre>
 *
 * <p>The algorithm is xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2019), seeded through SplitMix64 (Steele, Lea and Flood, "Fast splittable
 * pseudorandom number generators", 2014). The algorithm and every method declared here are
 * implemented in this class, so a seed produces the same sequence on every JDK. The inherited
 * streams draw from these methods, but the inherited bounded {@code float}, {@code double} and
 * {@code long} methods and {@code nextExponential} use the JDK's algorithms, which may change
 * between releases.
 *
 * <p>Not thread-safe: create one generator per thread with {@link #at} or {@link #split()}.
 */
public final class Rng implements RandomGenerator {
  /** 2<sup>64</sup> divided by the golden ratio, made odd: the step of SplitMix64. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long[] state = new long[4];

  /**
   * Creates a generator from a seed.
   *
   * @param seed the seed; any value
   */
  public Rng(long seed) {
    for (int i = 0; i < state.length; i++) {
      state[i] = mix(seed + (i + 1) * GOLDEN);
    }
  }

  /**
   * Returns a new generator determined by a seed and keys only, such as (seed, step, example). The
   * sequence does not depend on what was drawn before or on the order of calls. With G =
   * 0x9E3779B97F4A7C15 and SplitMix64's finalizer {@code mix}, the generator is
   *
   * <pre>
   * h = mix(mix(seed + G) + number of keys + G)
   * h = mix(h + key + G)    for each key, in order
   * new Rng(h)
   * </pre>
   *
   * <p>so adjacent keys, permuted keys, and key lists of different lengths such as (1) and (1, 0)
   * produce unrelated sequences. Two different key lists collide with probability 2<sup>-64</sup>.
   *
   * @param seed the seed; any value
   * @param keys the keys; any values, possibly none
   * @return a new generator
   */
  public static Rng at(long seed, long... keys) {
    long hash = mix(mix(seed + GOLDEN) + keys.length + GOLDEN);
    for (long key : keys) {
      hash = mix(hash + key + GOLDEN);
    }
    return new Rng(hash);
  }

  /** Applies the finalizer of SplitMix64, Stafford's variant 13 of MurmurHash3's finalizer. */
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

  /** Returns a uniformly distributed int: the upper 32 bits of {@link #nextLong()}. */
  @Override
  public int nextInt() {
    return (int) (nextLong() >>> 32);
  }

  /**
   * Returns a uniformly distributed value from 0 (inclusive) to {@code bound} (exclusive). If the
   * bound is a power of two, the result is the low bits of {@link #nextInt()}; otherwise it is the
   * remainder of its upper 31 bits, and draws beyond the last full multiple of the bound are
   * rejected.
   *
   * @param bound the exclusive upper bound, at least 1
   * @throws IllegalArgumentException if {@code bound} is less than 1
   */
  @Override
  public int nextInt(int bound) {
    if (bound < 1) {
      throw new IllegalArgumentException(
          "Rng.nextInt: expected a bound of at least 1, got "
              + bound
              + ". Pass the number of possible values.");
    }
    if ((bound & (bound - 1)) == 0) {
      return nextInt() & (bound - 1);
    }
    int bits;
    int value;
    do {
      bits = nextInt() >>> 1;
      value = bits % bound;
      // Overflows if bits lies in the incomplete last multiple of the bound.
    } while (bits - value + (bound - 1) < 0);
    return value;
  }

  /**
   * Returns a uniformly distributed value from {@code origin} (inclusive) to {@code bound}
   * (exclusive): {@code origin + nextInt(bound - origin)}, or, if that difference overflows, the
   * first {@link #nextInt()} within the range.
   *
   * @param origin the inclusive lower bound
   * @param bound the exclusive upper bound
   * @throws IllegalArgumentException if {@code origin} is not less than {@code bound}
   */
  @Override
  public int nextInt(int origin, int bound) {
    if (origin >= bound) {
      throw new IllegalArgumentException(
          "Rng.nextInt: expected an origin less than the bound, got origin "
              + origin
              + " and bound "
              + bound
              + ".");
    }
    int count = bound - origin;
    if (count > 0) {
      return origin + nextInt(count);
    }
    int value = nextInt();
    while (value < origin || value >= bound) {
      value = nextInt();
    }
    return value;
  }

  /**
   * Returns a uniform value in [0, 1), a multiple of 2<sup>-53</sup>: the upper 53 bits of {@link
   * #nextLong()}.
   */
  @Override
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  /**
   * Returns a uniform value in [0, 1), a multiple of 2<sup>-24</sup>: the upper 24 bits of {@link
   * #nextLong()}.
   */
  @Override
  public float nextFloat() {
    return (nextLong() >>> 40) * 0x1p-24f;
  }

  /** Returns a random boolean: the highest bit of {@link #nextLong()}. */
  @Override
  public boolean nextBoolean() {
    return nextLong() < 0;
  }

  /**
   * Returns a sample of the standard normal distribution, by Marsaglia's polar method. The method's
   * second sample is discarded, so {@link #state()} is the complete state.
   */
  @Override
  public double nextGaussian() {
    while (true) {
      double u = 2 * nextDouble() - 1;
      double v = 2 * nextDouble() - 1;
      double s = u * u + v * v;
      if (s > 0 && s < 1) {
        // StrictMath.log is identical on all platforms; Math.sqrt always is.
        return u * Math.sqrt(-2 * StrictMath.log(s) / s);
      }
    }
  }

  /**
   * Fills {@code target[from]} to {@code target[to - 1]} with successive {@link #nextFloat()}
   * values.
   *
   * @param target the array to fill
   * @param from the first index to fill, inclusive
   * @param to the end of the range, exclusive
   * @throws IndexOutOfBoundsException if the range is out of the array's bounds
   */
  public void fillUniform(float[] target, int from, int to) {
    Objects.checkFromToIndex(from, to, target.length);
    for (int i = from; i < to; i++) {
      target[i] = nextFloat();
    }
  }

  /**
   * Fills {@code target[from]} to {@code target[to - 1]} with successive {@link #nextDouble()}
   * values.
   *
   * @param target the array to fill
   * @param from the first index to fill, inclusive
   * @param to the end of the range, exclusive
   * @throws IndexOutOfBoundsException if the range is out of the array's bounds
   */
  public void fillUniform(double[] target, int from, int to) {
    Objects.checkFromToIndex(from, to, target.length);
    for (int i = from; i < to; i++) {
      target[i] = nextDouble();
    }
  }

  /**
   * Creates a new generator that is statistically independent of this generator's subsequent
   * values: {@code new Rng(nextLong())}.
   *
   * @return a new generator
   */
  public Rng split() {
    return new Rng(nextLong());
  }

  /**
   * Returns a copy of the complete state, for {@link #restore}.
   *
   * @return an array of 4 values
   */
  public long[] state() {
    return state.clone();
  }

  /**
   * Restores a saved state.
   *
   * @param saved a state returned by {@link #state()}
   * @throws IllegalArgumentException if {@code saved} does not have 4 values or all of them are
   *     zero
   */
  public void restore(long[] saved) {
    if (saved.length != state.length || (saved[0] | saved[1] | saved[2] | saved[3]) == 0) {
      throw new IllegalArgumentException(
          "Rng.restore: expected a state of 4 values that are not all zero, got "
              + Arrays.toString(saved)
              + ". Pass a state returned by Rng.state().");
    }
    System.arraycopy(saved, 0, state, 0, state.length);
  }
}
