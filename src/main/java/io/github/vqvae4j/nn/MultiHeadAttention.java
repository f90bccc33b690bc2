package io.github.vqvae4j.nn;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2.2). Maps [batch, length, dimension]
 * to the same shape. The input is projected to queries, keys and values of {@code heads} heads with
 * dimension / heads elements each. Every position attends to all positions or, with causal
 * attention, to itself and earlier positions. A final projection combines the outputs of the heads.
 *
 * <pre>{@code
 * MultiHeadAttention attention = new MultiHeadAttention(64, 8, true, new Rng(42));
 * try (Step step = Step.inference()) {
 *   Tensor x = step.tensor(new float[2 * 49 * 64], 2, 49, 64);
 *   Tensor output = attention.forward(x); // [2, 49, 64]
 * }
 * }</pre>
 *
 * <p>Children: {@code query}, {@code key}, {@code value} and {@code output}, each a {@link Linear}.
 * They are initialized as in PyTorch's {@code MultiheadAttention} with separate projections: the
 * first three with {@link Initializer#XAVIER_UNIFORM}, the last with {@link Initializer#TORCH}, all
 * biases with 0.
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
   * Creates a layer.
   *
   * @param dimension the size of the last axis
   * @param heads the number of heads, a divisor of {@code dimension}
   * @param causal whether to mask later positions
   * @param rng the random number generator for the initial weights
   * @throws IllegalArgumentException if the heads do not divide the dimension
   */
  public MultiHeadAttention(int dimension, int heads, boolean causal, Rng rng) {
    if (heads < 1 || dimension < 1 || dimension % heads != 0) {
      throw new IllegalArgumentException(
          "MultiHeadAttention: expected a number of heads that divides the dimension, got"
              + " dimension "
              + dimension
              + " and heads "
              + heads
              + ".");
    }
    this.dimension = dimension;
    this.heads = heads;
    this.causal = causal;
    LinearConfig projection =
        LinearConfig.of(dimension, dimension).initializer(Initializer.XAVIER_UNIFORM);
    query = child("query", new Linear(projection, rng));
    key = child("key", new Linear(projection, rng));
    value = child("value", new Linear(projection, rng));
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
    Tensor attended =
        Tensor.scaledDotProductAttention(
            split(query.forward(x)), split(key.forward(x)), split(value.forward(x)), causal);
    Tensor joined = attended.permute(0, 2, 1, 3).release(attended);
    return output.forward(joined.reshape(x.shape()));
  }

  /** Reshapes [batch, length, dimension] to [batch, heads, length, dimension / heads]. */
  private Tensor split(Tensor x) {
    return x.reshape(x.size(0), x.size(1), heads, dimension / heads).permute(0, 2, 1, 3).release(x);
  }
}
