package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Variable;

/** State that is saved with a model but has no gradient: moving averages, counters. */
public final class Buffer extends Variable {
  /**
   * A buffer; layers make theirs with {@link Layer#buffer}.
   *
   * @param values row by row, the last axis fastest
   * @param shape each dimension at least 1
   */
  Buffer(float[] values, long... shape) {
    super(false, values, shape);
  }
}
