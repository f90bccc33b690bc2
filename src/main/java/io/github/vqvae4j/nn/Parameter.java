package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Variable;

/** Weights that training changes along their gradient. */
public final class Parameter extends Variable {
  /**
   * A parameter; layers make theirs with {@link Layer#parameter}.
   *
   * @param values row by row, the last axis fastest
   * @param shape each dimension at least 1
   */
  Parameter(float[] values, long... shape) {
    super(true, values, shape);
  }
}
