package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Variable;
import java.util.function.Supplier;

/**
 * State that is saved with a model but has no gradient, such as a moving average or a counter.
 * Blocks create their buffers with {@link Block#buffer}.
 */
public final class Buffer extends Variable {
  private final Supplier<String> name;

  /**
   * Creates a buffer.
   *
   * @param name returns the current hierarchical name within the model
   * @param values the initial values in row-major order; null to leave the buffer uninitialized
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
