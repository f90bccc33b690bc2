package io.github.vqvae4j.nn;

import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * A term of a loss function. The loss is the weighted sum of its terms; reports show the unweighted
 * values.
 *
 * @param name the name shown in reports, such as {@code commitment}
 * @param value the unweighted value, a scalar: the mean over all elements or over the images of a
 *     batch, as documented by the model
 * @param weight the factor of the term in the loss
 */
public record LossTerm(String name, Tensor value, double weight) {
  /**
   * Validates the components.
   *
   * @throws IllegalArgumentException if the value has more than one element, or the weight is NaN
   *     or infinite
   */
  public LossTerm {
    if (value.length() != 1) {
      throw new IllegalArgumentException(
          "Loss term "
              + name
              + ": expected a scalar, got "
              + Arrays.toString(value.shape())
              + ". Reduce it with mean().");
    }
    if (!Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "Loss term " + name + ": expected a finite weight, got " + weight + ".");
    }
  }

  /**
   * Returns whether this term is a constant to the training but affects the loss, as one computed
   * without Tensor's operations does. A weight or value of 0 affects nothing, as until a warm-up
   * ends; NaN and infinity are reported as a divergence instead.
   *
   * @return true if there is no gradient, the weight is not 0, and the value is finite and not 0
   */
  public boolean isConstant() {
    return !value.requiresGradient()
        && weight != 0
        && Double.isFinite(value.item())
        && value.item() != 0;
  }

  /**
   * Returns the total loss: the sum of weight times value.
   *
   * @param terms one or more terms
   * @return a scalar
   * @throws IllegalArgumentException if there are no terms
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
