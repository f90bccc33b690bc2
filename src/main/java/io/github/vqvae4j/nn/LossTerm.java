package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.List;

/**
 * One summand of a loss: reported as it is, added with its weight.
 *
 * @param name what it is called in reports, as {@code commitment}
 * @param value a scalar without the weight: the mean over all elements, or over the images of a
 *     batch; the model says which
 * @param weight its factor in the loss
 */
public record LossTerm(String name, Tensor value, double weight) {
  /**
   * The loss: the sum of weight times value.
   *
   * @param terms at least one
   * @return a scalar
   * @throws IllegalArgumentException if there is none
   */
  public static Tensor total(List<LossTerm> terms) {
    return terms.stream()
        .map(term -> term.value().mul(term.weight()))
        .reduce(Tensor::add)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "LossTerm.total: expected at least one term, got none."));
  }
}
