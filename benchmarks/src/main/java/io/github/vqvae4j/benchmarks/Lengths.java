package io.github.vqvae4j.benchmarks;

/**
 * How long to measure.
 *
 * @param warmUp seconds that each process warms up, before the first turn
 * @param turn seconds of a turn
 * @param rounds turns, or starts, of each contender
 */
record Lengths(double warmUp, double turn, int rounds) {
  /** Enough for a figure, given how many rounds. */
  static Lengths full(int rounds) {
    // The just-in-time compiler takes a core now and then for the first eight seconds or so.
    return new Lengths(8, 1.5, rounds);
  }

  /** Enough where time grows by factors. */
  static Lengths growth(int rounds) {
    return new Lengths(4, 1, rounds);
  }

  /** Enough to see that it works. */
  static Lengths quick() {
    return new Lengths(0.2, 0.2, 1);
  }
}
