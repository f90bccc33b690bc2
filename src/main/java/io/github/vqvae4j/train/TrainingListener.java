package io.github.vqvae4j.train;

/** Is told how a training run goes, on the thread that trains. An exception it throws stops it. */
public interface TrainingListener {
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
   * The run is over.
   *
   * @param report its figures
   */
  default void onEnd(TrainingReport report) {}
}
