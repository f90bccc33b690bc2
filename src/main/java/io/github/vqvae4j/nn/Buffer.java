package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Variable;
import java.util.function.Supplier;

/** State that is saved with a model but has no gradient: moving averages, counters. */
public final class Buffer extends Variable {
  private final Supplier<String> name;

  /**
   * A buffer; blocks make theirs with {@link Block#buffer}.
   *
   * @param name within its model, as it is when asked for
   * @param values row by row, the last axis fastest; null for none yet
   * @param shape each dimension at least 1
   */
  Buffer(Supplier<String> name, float[] values, long... shape) {
    super(false, values, shape);
    this.name = name;
  }

  @Override
  public String name() {
    return name.get();
  }
}
