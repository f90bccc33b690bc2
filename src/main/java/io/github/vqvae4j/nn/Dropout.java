package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;

/**
 * Dropout (Srivastava et al. 2014). In training, each element is set to 0 with probability {@code
 * rate}, drawn with the step's random key; the others are divided by 1 - rate. In inference, and in
 * {@linkplain #eval evaluation mode}, the input is returned unchanged.
 */
public final class Dropout extends Layer {
  private final double rate;

  /**
   * Creates a layer.
   *
   * @param rate the probability of dropping an element, in [0, 1)
   * @throws IllegalArgumentException if the rate is out of range
   */
  public Dropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException("Dropout: expected a rate in [0, 1), got " + rate + ".");
    }
    this.rate = rate;
  }

  @Override
  protected Tensor compute(Tensor x) {
    if (isTraining(x.step()) && rate > 0) {
      return x.dropout(rate);
    }
    x.step().skipDraw();
    return x;
  }
}
