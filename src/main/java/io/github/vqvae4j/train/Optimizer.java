package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.NamedArray;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Step;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * An optimizer, which updates parameters from their gradients. It keeps state for each parameter,
 * so each model needs its own. A checkpoint of a run contains it ({@link #state}).
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
   * Returns a copy of all state, for a checkpoint: {@link #restore} of a new optimizer with the
   * same settings continues from it, bit for bit. Called between two updates.
   *
   * <p>By default, there are no checkpoints of runs with this optimizer, since nobody but its
   * author knows whether it has state. One without state returns {@code Map.of()}, and leaves
   * {@link #restore} as it is.
   *
   * @param names the names of the parameters
   * @return arrays by any names, such as {@code encoder.weight/momentum}
   * @throws UnsupportedOperationException by default
   */
  default Map<String, NamedArray> state(Map<Parameter, String> names) {
    throw new UnsupportedOperationException(
        getClass().getSimpleName()
            + ".state: this optimizer does not save its state, so the run cannot be resumed."
            + " Override state(..) and restore(..); without any state, let state(..) return"
            + " Map.of().");
  }

  /**
   * Replaces all state with that of {@link #state}.
   *
   * @param parameters the parameters by name
   * @param state the arrays that {@link #state} returned
   * @throws IllegalArgumentException if the arrays are not those of these parameters
   */
  default void restore(Map<String, Parameter> parameters, Map<String, NamedArray> state) {
    if (!state.isEmpty()) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + ".restore: expected no state, got "
              + MessageText.firstFew(state.keySet())
              + ". Override restore(..) as well as state(..).");
    }
  }

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
