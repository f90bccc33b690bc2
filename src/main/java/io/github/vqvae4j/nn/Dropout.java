package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;

/**
 * Dropout (Srivastava et al. 2014): in training each element becomes 0 with some probability, drawn
 * by the step's key, or else is divided by 1 - rate; in inference, and in {@linkplain #eval
 * evaluation mode}, nothing happens.
 */
public final class Dropout extends Layer {
  private final double rate;

  /**
   * Dropout.
   *
   * @param rate the probability that an element is dropped, from 0 to below 1
   * @throws IllegalArgumentException if it is not in this range
   */
  public Dropout(double rate) {
    if (!(rate >= 0 && rate < 1)) {
      throw new IllegalArgumentException(
          "Dropout: expected a rate from 0 to below 1, got " + rate + ".");
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
