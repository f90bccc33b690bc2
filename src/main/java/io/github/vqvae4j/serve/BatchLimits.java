package io.github.vqvae4j.serve;

import java.time.Duration;
import java.util.Objects;

/**
 * The limits of a {@link RequestBatcher}.
 *
 * @param maxBatch the maximum number of examples in a batch, at least 1; a request with more is a
 *     batch of its own
 * @param maxDelay how long a request waits for others while no batch is computed, at most an hour
 * @param maxWaiting the maximum number of requests that wait, at least 1
 */
public record BatchLimits(int maxBatch, Duration maxDelay, int maxWaiting) {
  private static final Duration MAX_DELAY = Duration.ofHours(1); // before it is used

  /** Batches of up to 32 examples, a delay of 1 millisecond, and up to 1,024 waiting requests. */
  public static final BatchLimits DEFAULT = new BatchLimits(32, Duration.ofMillis(1), 1_024);

  /**
   * Validates the limits.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BatchLimits {
    Objects.requireNonNull(maxDelay, "BatchLimits.maxDelay: expected a duration, got null.");
    if (maxBatch < 1
        || maxWaiting < 1
        || maxDelay.isNegative()
        || maxDelay.compareTo(MAX_DELAY) > 0) {
      throw new IllegalArgumentException(
          "BatchLimits: expected maxBatch and maxWaiting of at least 1 and a maxDelay from 0 to an"
              + " hour, got "
              + maxBatch
              + ", "
              + maxWaiting
              + " and "
              + maxDelay
              + ".");
    }
  }

  /**
   * Sets the maximum number of examples in a batch.
   *
   * @param examples at least 1
   * @return a copy with the new value
   */
  public BatchLimits maxBatch(int examples) {
    return new BatchLimits(examples, maxDelay, maxWaiting);
  }

  /**
   * Sets how long a request waits for others.
   *
   * @param delay 0 to an hour; 0 for batches of the requests that wait anyway
   * @return a copy with the new value
   */
  public BatchLimits maxDelay(Duration delay) {
    return new BatchLimits(maxBatch, delay, maxWaiting);
  }

  /**
   * Sets the maximum number of requests that wait.
   *
   * @param requests at least 1
   * @return a copy with the new value
   */
  public BatchLimits maxWaiting(int requests) {
    return new BatchLimits(maxBatch, maxDelay, requests);
  }
}
