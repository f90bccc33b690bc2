package io.github.vqvae4j.benchmarks;

/**
 * The durations of a benchmark run.
 *
 * @param warmUp the warm-up time of each process in seconds
 * @param turn the length of a turn in seconds
 * @param rounds the number of turns, or of process starts, per configuration
 */
record Durations(double warmUp, double turn, int rounds) {
  /** Durations for published results. */
  static Durations full(int rounds) {
    // The JIT compiler occasionally occupies a core during the first eight seconds or so.
    return new Durations(8, 1.5, rounds);
  }

  /** Shorter durations for the scaling benchmark, whose times differ by large factors. */
  static Durations scaling(int rounds) {
    return new Durations(4, 1, rounds);
  }

  /** Durations that suffice to find the fastest of several variants. */
  static Durations trial() {
    return new Durations(2, 1, 1);
  }

  /** Durations of a smoke test. */
  static Durations quick() {
    return new Durations(0.2, 0.2, 1);
  }
}
