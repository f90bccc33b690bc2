package io.github.vqvae4j.random;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * A seedable generator of random numbers whose whole state can be saved and restored.
 *
 * <p>The algorithm is xoshiro256++ (Blackman and Vigna, "Scrambled linear pseudorandom number
 * generators", 2019), seeded through SplitMix64; it is written here, and not taken from the JDK, so
 * that a seed gives the same numbers on every JDK. Not thread-safe: give each thread its own, made
 * with {@link #split()}.
 */
public final class Rng implements RandomGenerator {
  /** 2<sup>64</sup> divided by the golden ratio, made odd: the step of SplitMix64. */
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final long[] state = new long[4];

  /**
   * A generator that a seed determines.
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

  /**
   * A number from the standard normal distribution, by Marsaglia's polar method. The method's
   * second number is thrown away, so that {@link #state()} is the whole state.
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
   * A new generator, independent of what this one gives from now on.
   *
   * @return a generator seeded from this one, which moves on by one number
   */
  public Rng split() {
    return new Rng(nextLong());
  }

  /**
   * The whole state.
   *
   * @return four numbers, for {@link #restore}
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
