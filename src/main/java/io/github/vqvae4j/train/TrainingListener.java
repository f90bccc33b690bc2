package io.github.vqvae4j.train;

import io.github.vqvae4j.io.NamedArray;
import java.util.Map;

/**
 * Training callbacks. All methods have empty default implementations.
 *
 * <pre>{@code
 * TrainingListener lossPrinter =
 *     new TrainingListener() {
 *       @Override
 *       public void onStep(TrainingRun run, StepReport report) {
 *         System.out.println(report.step() + " " + report.loss());
 *         if (report.loss() < 0.01) {
 *           run.stop();
 *         }
 *       }
 *     };
 * Trainer.of(model).listener(lossPrinter).fit(images);
 * }</pre>
 *
 * <p>Listeners are called on the training thread, in the order in which they were added. An
 * exception thrown by a listener ends the run and is rethrown by {@link Trainer#fit}. Every run
 * that has started ends with {@link #onEnd} or {@link #onFailure} on all listeners, even if one of
 * them throws.
 *
 * <p>Implementations include {@link ProgressLog}, {@link RunFolder} and {@link CodebookMonitor}.
 */
public interface TrainingListener {
  /**
   * Called when a run starts, before the model is changed.
   *
   * @param run the run
   */
  default void onStart(TrainingRun run) {}

  /**
   * Called after each step, when all updates have been applied and before any evaluation.
   *
   * @param run the run
   * @param report the metrics of the step
   */
  default void onStep(TrainingRun run, StepReport report) {}

  /**
   * Called after each evaluation on held-out data. The model has the evaluated weights, which are
   * averages if weight averaging is enabled ({@link Trainer#averageWeights}).
   *
   * @param run the run
   * @param evaluation the metrics of the evaluation
   */
  default void onEvaluation(TrainingRun run, Evaluation evaluation) {}

  /**
   * Called at the end of each step, after any evaluation that is due, even if a stop of the run
   * aborted it. The model has its current, non-averaged weights and can be saved. The final
   * evaluation after a time limit or the end of the data follows the last call, and so do
   * evaluations of a {@linkplain TrainingRun#execute custom training loop} those of their steps.
   *
   * @param run the run
   * @param step the step, counted from 1
   */
  default void onStepEnd(TrainingRun run, long step) {}

  /**
   * Called when an interrupt of the thread or a shutdown of the process (Ctrl-C, SIGTERM) ends the
   * run, before {@link #onEnd}.
   *
   * @param run the run
   */
  default void onInterrupt(TrainingRun run) {}

  /**
   * Called when an exception ends the run: a divergence, or an exception from a listener, {@link
   * Trainable#initialize} or the data. The model has the weights after the last completed step.
   * Exceptions thrown by this method are added to the failure as suppressed exceptions.
   *
   * @param run the run; {@link TrainingRun#step} is the last completed step
   * @param failure the exception that {@link Trainer#fit} will throw
   */
  default void onFailure(TrainingRun run, Throwable failure) {}

  /**
   * Called when the run has ended in any other way ({@link TrainingReport#stopReason}).
   *
   * @param run the run
   * @param report the report of the run
   */
  default void onEnd(TrainingRun run, TrainingReport report) {}

  /**
   * Returns a copy of what the listener remembers of the steps so far, for a checkpoint, so that it
   * does the same in a resumed run as in one that was never interrupted. Called after a step and
   * its evaluation, by the listener that writes it: those added before it have seen the step, those
   * added after it not yet. By default, there is nothing.
   *
   * @return arrays by any names, such as {@code best}
   */
  default Map<String, NamedArray> state() {
    return Map.of();
  }

  /**
   * Replaces what the listener remembers with that of {@link #state}. Called after {@link #onStart}
   * of a resumed run, unless the state was empty or the first run had no such listener: a
   * checkpoint knows a listener by the simple name of its class, and its position among those of
   * this name.
   *
   * @param state the arrays that {@link #state} returned
   * @throws IllegalArgumentException if the arrays are not those of such a listener
   */
  default void restore(Map<String, NamedArray> state) {}
}
