package io.github.vqvae4j.train;

import java.time.Duration;

/** Converts durations of any length. */
final class Durations {
  private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

  private Durations() {}

  static double seconds(Duration duration) {
    return duration.getSeconds() + duration.getNano() / 1e9;
  }

  /** Returns a number of seconds as a duration, or the longest one. */
  static Duration ofSeconds(double seconds) {
    if (seconds >= Long.MAX_VALUE) {
      return Duration.ofSeconds(Long.MAX_VALUE);
    }
    long whole = (long) seconds;
    return Duration.ofSeconds(whole, Math.round((seconds - whole) * 1e9));
  }

  /**
   * Returns a duration of at least 0 in nanoseconds, at most {@code Long.MAX_VALUE} (292 years).
   */
  static long nanos(Duration duration) {
    return duration.compareTo(MAX) < 0 ? duration.toNanos() : Long.MAX_VALUE;
  }
}
