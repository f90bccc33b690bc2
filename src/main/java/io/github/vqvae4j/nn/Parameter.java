package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Variable;
import java.util.function.Supplier;

/** Weights that training changes along their gradient. */
public final class Parameter extends Variable {
  private final Supplier<String> name;

  /**
   * A parameter; blocks make theirs with {@link Block#parameter}.
   *
   * @param name within its model, as it is when asked for
   * @param values row by row, the last axis fastest; null for none yet
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
