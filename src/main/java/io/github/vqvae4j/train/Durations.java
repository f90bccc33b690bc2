package io.github.vqvae4j.train;

import java.time.Duration;

/** Converts durations of any length. */
final class Durations {
  private static final Duration MAX = Duration.ofNanos(Long.MAX_VALUE);

  private Durations() {}

  /**
   * Returns a duration of at least 0 in nanoseconds, at most {@code Long.MAX_VALUE} (292 years).
   */
  static long nanos(Duration duration) {
    return duration.compareTo(MAX) < 0 ? duration.toNanos() : Long.MAX_VALUE;
  }
}
