package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Variable;
import java.util.function.Supplier;

/**
 * A trainable variable, updated by the optimizer from its gradient. Blocks create their parameters
 * with {@link Block#parameter}.
 */
public final class Parameter extends Variable {
  private final Supplier<String> name;

  /**
   * Creates a parameter.
   *
   * @param name returns the current hierarchical name within the model
   * @param values the initial values in row-major order; null to leave the parameter uninitialized
   * @param shape each dimension at least 1
   */
  Parameter(Supplier<String> name, float[] values, long... shape) {
    super(true, values, shape);
    this.name = name;
  }

  @Override
  public String name() {
    return name.get();
  }
}
