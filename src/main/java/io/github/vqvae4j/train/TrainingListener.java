package io.github.vqvae4j.train;

/** Is told how a training run goes, on the thread that trains. An exception it throws stops it. */
public interface TrainingListener {
  /**
   * A step is done and its changes are made.
   *
   * @param report its figures
   */
  default void onStep(StepReport report) {}

  /**
   * The model was evaluated on held-out data.
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
