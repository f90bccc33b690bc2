package io.github.vqvae4j.serve;

import io.github.vqvae4j.config.Require;
import java.time.Duration;

/**
 * The limits of a {@link RequestBatcher}.
 *
 * @param maxBatch the maximum number of examples in a batch, at least 1; a request with more is a
 *     batch of its own
 * @param maxDelay how long a request waits for others, from its arrival, if no batch is computed;
 *     at most an hour
 * @param maxWaiting the maximum number of requests that wait, at least 1
 */
public record BatchLimits(int maxBatch, Duration maxDelay, int maxWaiting) {
  private static final Duration MAX_DELAY = Duration.ofHours(1); // before it is used

  /**
   * Batches of up to 32 examples, no delay, and up to 1,024 waiting requests. Under load, requests
   * gather while the batch before is computed; a delay measured slower with any number of threads.
   */
  public static final BatchLimits DEFAULT = new BatchLimits(32, Duration.ZERO, 1_024);

  /**
   * Validates the limits.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public BatchLimits {
    Require.that(maxBatch >= 1, "BatchLimits.maxBatch", "at least 1", maxBatch);
    Require.nonNull(Duration.class, "BatchLimits.maxDelay", maxDelay);
    Require.that(
        !maxDelay.isNegative() && maxDelay.compareTo(MAX_DELAY) <= 0,
        "BatchLimits.maxDelay",
        "0 to an hour",
        maxDelay);
    Require.that(maxWaiting >= 1, "BatchLimits.maxWaiting", "at least 1", maxWaiting);
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
