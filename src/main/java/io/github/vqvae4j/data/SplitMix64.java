package io.github.vqvae4j.data;

/**
 * The generator SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number
 * generators", 2014, with the constants of Vigna's public-domain version). It is written out here
 * so that an order of images never depends on the JDK that made it.
 *
 * <p>The state counts up by {@link #STEP}, and each output is the state mixed.
 */
final class SplitMix64 {
  /** 2^64 divided by the golden ratio, made odd. */
  private static final long STEP = 0x9E3779B97F4A7C15L;

  private long state;

  /**
   * A generator for one of many streams. Seed and stream are mixed in turn, so that neighbouring
   * pairs start at unrelated places of the sequence.
   */
  SplitMix64(long seed, long stream) {
    this(mix(mix(seed + STEP) + stream));
  }

  SplitMix64(long state) {
    this.state = state;
  }

  /** The next 64 bits. */
  long nextLong() {
    state += STEP;
    return mix(state);
  }

  /** A number from 0 to bound - 1, each equally likely. */
  int nextInt(int bound) {
    // The upper 31 bits; those past the last whole multiple of bound are drawn again.
    int limit = Integer.MAX_VALUE - (int) ((1L << 31) % bound);
    int bits;
    do {
      bits = (int) (nextLong() >>> 33);
    } while (bits > limit);
    return bits % bound;
  }

  /** A number from 0 to below 1, of 53 random bits. */
  double nextDouble() {
    return (nextLong() >>> 11) * 0x1p-53;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
