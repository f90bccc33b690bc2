package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2): [batch, length, dimension] to the
 * same shape. Each position asks all, or if causal those up to itself, by {@code heads} queries,
 * keys and values of dimension / heads numbers, which linear maps make of its input; another one
 * mixes what the heads found.
 *
 * <p>Inner layers: {@code query}, {@code key}, {@code value} and {@code output}, each a {@link
 * Linear}. They start as in PyTorch's {@code MultiheadAttention} of separate projections: the first
 * three by {@link Initializer#XAVIER_UNIFORM}, the last by {@link Initializer#TORCH}, all biases 0.
 */
public final class MultiHeadAttention extends Layer {
  private final int dimension;
  private final int heads;
  private final boolean causal;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear output;

  /**
   * Attention with biases.
   *
   * @param dimension size of the last axis
   * @param heads how many, a divisor of the dimension
   * @param causal whether a position sees none that comes later
   * @param rng where the weights are drawn from
   * @throws IllegalArgumentException if the heads do not divide the dimension
   */
  public MultiHeadAttention(int dimension, int heads, boolean causal, Rng rng) {
    if (heads < 1 || dimension < 1 || dimension % heads != 0) {
      throw new IllegalArgumentException(
          "MultiHeadAttention: expected heads that divide the dimension, got dimension "
              + dimension
              + " and heads "
              + heads
              + ".");
    }
    this.dimension = dimension;
    this.heads = heads;
    this.causal = causal;
    LinearConfig asking =
        LinearConfig.of(dimension, dimension).initializer(Initializer.XAVIER_UNIFORM);
    query = child("query", new Linear(asking, rng));
    key = child("key", new Linear(asking, rng));
    value = child("value", new Linear(asking, rng));
    output = child("output", new Linear(dimension, dimension, rng));
    output.variables().get("bias").set(new float[dimension]);
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (x.rank() != 3 || x.size(2) != dimension) {
      throw new IllegalArgumentException(
          "MultiHeadAttention: expected [batch, length, "
              + dimension
              + "], got "
              + Arrays.toString(x.shape())
              + ".");
    }
    Tensor found =
        Tensor.scaledDotProductAttention(
            split(query.forward(x)), split(key.forward(x)), split(value.forward(x)), causal);
    Tensor joined = found.permute(0, 2, 1, 3).release(found);
    return output.forward(joined.reshape(x.shape()));
  }

  /** [batch, length, dimension] to [batch, heads, length, dimension / heads]. */
  private Tensor split(Tensor x) {
    return x.reshape(x.size(0), x.size(1), heads, dimension / heads).permute(0, 2, 1, 3).release(x);
  }
}
