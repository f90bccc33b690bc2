package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import java.util.List;
import java.util.Set;

/**
 * An optimizer, which updates parameters from their gradients. It keeps state for each parameter,
 * so each model needs its own.
 *
 * <p>Implementations are {@link Adam}, {@link AdamW} and {@link Sgd}. {@link Trainer} calls the
 * optimizer in each training step, once for each group of parameters; a custom training loop calls
 * it directly:
 *
 * <pre>{@code
 * Optimizer optimizer = Adam.rate(1e-3);
 * for (int i = 0; i < 100; i++) {
 *   try (Step step = Step.training(rng)) {
 *     Tensor prediction = layer.forward(step.tensor(inputs, 32, 8));
 *     prediction.meanSquaredError(step.tensor(targets, 32, 2)).backward();
 *     optimizer.update(layer.parameters(), step);
 *     step.commit();
 *   }
 * }
 * }</pre>
 */
public interface Optimizer {
  /**
   * Returns the base learning rate, which a {@link Schedule} multiplies.
   *
   * @return the learning rate, above 0
   */
  double rate();

  /**
   * Performs one update. The state of rows that were replaced since the last update ({@link
   * io.github.vqvae4j.tensor.Variable#isReplaced}) is reset, as if they belonged to a new
   * parameter.
   *
   * @param parameters the parameters to update; those without a gradient are left unchanged
   * @param gradients the gradients of the parameters
   * @param learningRate the learning rate of this update, at least 0
   * @param weightDecay the weight decay of this update, at least 0: values are multiplied by {@code
   *     1 - learningRate weightDecay} before the update (decoupled weight decay, Loshchilov and
   *     Hutter 2019)
   * @throws IllegalArgumentException if the learning rate is negative, NaN or larger than a float
   *     can represent, or its product with the weight decay is not from 0 to 1; no parameter is
   *     changed then
   */
  void update(
      List<Parameter> parameters, Gradients gradients, double learningRate, double weightDecay);

  /**
   * Performs one update with the optimizer's own weight decay.
   *
   * @param parameters the parameters to update; those without a gradient are left unchanged
   * @param gradients the gradients of the parameters
   * @param learningRate the learning rate of this update, at least 0
   */
  default void update(List<Parameter> parameters, Gradients gradients, double learningRate) {
    update(parameters, gradients, learningRate, weightDecay());
  }

  /**
   * Returns the weight decay of parameters outside any {@link ParameterGroup} with its own.
   *
   * @return the weight decay, by default 0
   */
  default double weightDecay() {
    return 0;
  }

  /**
   * Returns the parameters for which the optimizer holds state from earlier updates, such as
   * moments. The default implementation is for an optimizer without state.
   *
   * @return the parameters; empty before the first update
   */
  default Set<Parameter> parameters() {
    return Set.of();
  }

  /**
   * Returns whether several threads may call {@link #update} at the same time, each with different
   * parameters. Each of the {@linkplain Trainer#workers workers} of a trainer then updates some of
   * the parameters, possibly none: a count of updates must be kept for each parameter. Otherwise,
   * the first worker updates all.
   *
   * @return whether the optimizer is thread-safe; by default false
   */
  default boolean isThreadSafe() {
    return false;
  }

  /** Resets all state, so that the next update equals the first one of a new optimizer. */
  default void reset() {}

  /**
   * Performs one update from the gradients of a step, with the base learning rate. For custom
   * training loops.
   *
   * @param parameters the parameters to update; those without a gradient are left unchanged
   * @param step the open step in which {@code backward} computed the gradients
   */
  default void update(List<Parameter> parameters, Step step) {
    update(parameters, Gradients.of(step), rate());
  }
}
