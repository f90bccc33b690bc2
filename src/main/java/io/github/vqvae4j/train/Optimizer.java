package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import java.util.List;
import java.util.Set;

/** Moves parameters along their gradients. It keeps state for each; use one for one model. */
public interface Optimizer {
  /**
   * Its learning rate, which a {@link Schedule} multiplies.
   *
   * @return above 0
   */
  double rate();

  /**
   * One update. State that was kept for rows which have been replaced since ({@link
   * io.github.vqvae4j.tensor.Variable#isReplaced}) is dropped: they go on as rows of a new
   * parameter would.
   *
   * @param parameters all that shall move; those without a gradient stay
   * @param gradients of the parameters
   * @param rate the learning rate of this update, at least 0
   * @throws IllegalArgumentException if the rate is negative, NaN or more than a float can hold;
   *     nothing has moved then
   */
  void update(List<Parameter> parameters, Gradients gradients, double rate);

  /**
   * The parameters whose state it keeps from earlier updates, as moments. An optimizer without
   * state has none.
   *
   * @return those it moved; empty before the first update
   */
  default Set<Parameter> parameters() {
    return Set.of();
  }

  /** Forgets all state: the next update is as a new optimizer's first. */
  default void reset() {}

  /**
   * One update along a step's own gradients, at the optimizer's own rate: for loops of one's own.
   *
   * @param parameters all that shall move
   * @param step where {@code backward} found their gradients
   */
  default void update(List<Parameter> parameters, Step step) {
    update(parameters, Gradients.of(step), rate());
  }

  /**
   * Checks the rate of an update.
   *
   * @param rate at least 0
   * @throws IllegalArgumentException if it is negative, NaN or more than a float can hold
   */
  static void checkRate(double rate) {
    if (!(rate >= 0 && rate <= Float.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "Optimizer: expected a rate of at least 0 that a float can hold, got "
              + rate
              + ". Look at the schedule's factors.");
    }
  }
}
