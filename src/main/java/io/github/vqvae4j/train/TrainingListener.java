package io.github.vqvae4j.train;

import io.github.vqvae4j.model.ImageModel;

/**
 * Training callbacks. All methods have empty default implementations.
 *
 * <pre>{@code
 * TrainingListener lossPrinter =
 *     new TrainingListener() {
 *       @Override
 *       public void onStep(StepReport report) {
 *         System.out.println(report.step() + " " + report.loss());
 *       }
 *     };
 * Trainer.of(model).listener(lossPrinter).fit(images);
 * }</pre>
 *
 * <p>Listeners are called on the training thread. An exception thrown by a listener ends the run
 * and is rethrown by {@link Trainer#fit}. Every run that has started ends with {@link #onEnd} or
 * {@link #onFailure} on all listeners, even if one of them throws.
 *
 * <p>Implementations include {@link ProgressLog}, {@link RunFolder} and {@link CodebookMonitor}.
 */
public interface TrainingListener {
  /**
   * Checks whether the listener can be used with a model. Called before the run starts.
   *
   * @param model the model to be trained
   * @throws IllegalArgumentException if the listener was created for another model
   */
  default void checkModel(ImageModel model) {}

  /**
   * Called when a run starts, before the model is changed.
   *
   * @param settings the settings of the run
   */
  default void onStart(TrainingSettings settings) {}

  /**
   * Called after each step, when all updates have been applied and before any evaluation.
   *
   * @param report the metrics of the step
   */
  default void onStep(StepReport report) {}

  /**
   * Called after each evaluation on held-out data. The model has the evaluated weights, which are
   * averages if weight averaging is enabled ({@link Trainer#averageWeights}).
   *
   * @param evaluation the metrics of the evaluation
   */
  default void onEvaluation(Evaluation evaluation) {}

  /**
   * Called at the end of each step, after any evaluation. The model has its current, non-averaged
   * weights and can be saved.
   *
   * @param step the step, counted from 1
   */
  default void onStepEnd(long step) {}

  /**
   * Called when an exception ends the run: a divergence, or an exception from a listener, {@link
   * ImageModel#initialize} or the dataset. The model has the weights after the last completed step.
   * Exceptions thrown by this method are added to the failure as suppressed exceptions.
   *
   * @param failure the exception that {@link Trainer#fit} will throw
   * @param step the last completed step; 0 if there is none
   */
  default void onFailure(Throwable failure, long step) {}

  /**
   * Called when the run has ended normally, by early stopping or by an interrupt ({@link
   * TrainingReport#stopReason}).
   *
   * @param report the report of the run
   */
  default void onEnd(TrainingReport report) {}
}
