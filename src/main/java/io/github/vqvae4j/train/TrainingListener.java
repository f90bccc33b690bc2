package io.github.vqvae4j.train;

import io.github.vqvae4j.model.ImageModel;

/**
 * Training callbacks, called on the thread that trains. An exception that one of them throws ends
 * the run and leaves {@link Trainer#fit}. Every run that began ends with {@link #onEnd} or {@link
 * #onFailure}, and every listener hears of it, even if another one throws.
 */
public interface TrainingListener {
  /**
   * Checks that the listener is for this model; called before the run begins.
   *
   * @param model that will be trained
   * @throws IllegalArgumentException if the listener was made for another model
   */
  default void checkModel(ImageModel model) {}

  /**
   * The run begins; nothing has changed yet.
   *
   * @param settings of the run
   */
  default void onStart(TrainingSettings settings) {}

  /**
   * A step is done and its changes are made.
   *
   * @param report its figures
   */
  default void onStep(StepReport report) {}

  /**
   * The model was evaluated on held-out data. It holds what was evaluated, which is the averages if
   * the trainer makes some ({@link Trainer#averageWeights}).
   *
   * @param evaluation its figures
   */
  default void onEvaluation(Evaluation evaluation) {}

  /**
   * A step is over, with its evaluation if one was due: the model holds its own weights, as the
   * next step will find them, and may be saved.
   *
   * @param step counted from 1
   */
  default void onStepEnd(long step) {}

  /**
   * An exception ends the run: a divergence, that of a listener, one from {@link ImageModel#start}
   * or from the data. The model is as after the last step that was done. What this throws is
   * suppressed in the failure.
   *
   * @param failure what {@link Trainer#fit} throws next
   * @param step the last step that was done; 0 if none was
   */
  default void onFailure(Throwable failure, long step) {}

  /**
   * The run is over: all its steps were made, or it ended early, or was interrupted ({@link
   * TrainingReport#ending}).
   *
   * @param report its figures
   */
  default void onEnd(TrainingReport report) {}
}
