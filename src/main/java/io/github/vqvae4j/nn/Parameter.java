package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;

/**
 * A trainable variable, updated by the optimizer from its gradient. Blocks create their parameters
 * with {@link Block#parameter}.
 */
public final class Parameter extends Variable {
  private final Block block;
  private final String name;

  /**
   * Creates a parameter.
   *
   * @param block the block that the parameter belongs to
   * @param name the name within the block
   * @param values the initial values in row-major order; null to leave the parameter uninitialized
   * @param shape each dimension at least 1
   */
  Parameter(Block block, String name, float[] values, long... shape) {
    super(true, values, shape);
    this.block = block;
    this.name = name;
  }

  @Override
  public String name() {
    return block.path() + name;
  }

  /**
   * Returns the type of the model, the name and the shape, such as {@code Linear weight [7, 3]}.
   */
  @Override
  public String toString() {
    return Block.typeName(block.root()) + " " + name() + " " + Arrays.toString(shape());
  }
}
