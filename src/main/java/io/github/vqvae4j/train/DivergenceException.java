package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.NonFiniteException;

/**
 * In training or in an evaluation a number became NaN or infinite: a weight, what a layer computed,
 * a term of the loss, a gradient.
 *
 * <p>A step that was refused has changed nothing: parameters and buffers are as they were before
 * it, bit for bit, and what the {@link Optimizer} had gathered was {@linkplain Optimizer#reset()
 * forgotten}, so that a later run begins anew. Where forward or backward pass made the number, the
 * pass is computed once more with each operation checked, and the message names the operation and
 * the layer that it comes from.
 */
public final class DivergenceException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private static final String UNCHANGED =
      " Training stopped; parameters and buffers are as they were before this step.";
  private static final String SMALLER = " Try a smaller learning rate.";
  private static final String AT_THE_START =
      " No step was made, so it is not this run's learning rate: look at the size of weights and"
          + " pixels, and build the model anew, or load an earlier file of it.";

  /** Counted from 1. */
  private final long step;

  /** What was not finite. */
  private final String term;

  /** Where the model was written. */
  private String note = "";

  private DivergenceException(long step, String term, String message) {
    super(message);
    this.step = step;
    this.term = term;
  }

  /** In a training step, which was refused. */
  static DivergenceException inStep(long step, String term, double value) {
    return inStep(step, term, "is " + value);
  }

  /** In a gradient, which optimizers square. */
  static DivergenceException ofGradient(long step, String term, float worst) {
    return Float.isFinite(worst)
        ? inStep(step, term, "has " + worst + " in it, whose square is too large for a float")
        : inStep(step, term, worst);
  }

  private static DivergenceException inStep(long step, String term, String fault) {
    String remedy = step == 1 ? AT_THE_START : SMALLER;
    return new DivergenceException(
        step, term, "Step " + step + ": " + term + " " + fault + "." + UNCHANGED + remedy);
  }

  /** In the weights that a training step was to begin with. */
  static DivergenceException beforeStep(long step, String name, double value) {
    return new DivergenceException(
        step,
        name,
        "Step "
            + step
            + ": "
            + name
            + " is "
            + value
            + " before this step, expected finite weights. Training stopped. Rebuild the model, or"
            + " load an earlier file of it.");
  }

  /** In what a training step made of the weights, which were put back. */
  static DivergenceException afterUpdate(
      long step, String name, double value, boolean parameter, double rate) {
    return new DivergenceException(
        step,
        name,
        "Step "
            + step
            + ": "
            + name
            + " is "
            + value
            + " after the "
            + (parameter ? "optimizer's update" : "update of the buffers")
            + ", with a learning rate of "
            + rate
            + "."
            + UNCHANGED
            + SMALLER);
  }

  /** In the weights that an evaluation was to begin with; step 0 outside of a run. */
  static DivergenceException beforeEvaluation(long step, String name, double value) {
    return new DivergenceException(
        step,
        name,
        (step == 0 ? "Evaluation: " : "After step " + step + ": ")
            + name
            + " is "
            + value
            + (step == 0
                ? "; expected a model whose weights are finite."
                : " before the evaluation. Training stopped.")
            + " Rebuild the model, or load an earlier file of it.");
  }

  /** In an evaluation after a step whose changes were made; step 0 outside of a run. */
  static DivergenceException inEvaluation(long step, String term, double value, String where) {
    return new DivergenceException(
        step,
        term,
        (step == 0 ? "Evaluation: " : "After step " + step + ": ")
            + term
            + " is "
            + value
            + " on held-out data"
            + where
            + (step == 0
                ? "."
                : ". Training stopped; the model is as after that step, and its weights are finite.")
            + " Look at those images, and try a smaller learning rate.");
  }

  /** Adds a sentence to the message. */
  void add(String sentence) {
    note += " " + sentence;
  }

  /** Adds which operation a number comes from. */
  void addOrigin(NonFiniteException origin) {
    add("It comes from " + origin.source() + ": " + origin.what() + ".");
  }

  @Override
  public String getMessage() {
    return super.getMessage() + note;
  }

  /**
   * The step that was refused, or that the evaluation came after.
   *
   * @return counted from 1; 0 for an evaluation outside of a run
   */
  public long step() {
    return step;
  }

  /**
   * What was not finite.
   *
   * @return the name of a parameter or buffer with the index in it, the name of a layer, {@code the
   *     gradient of} a parameter, {@code the} name of a loss {@code term}, or what else the model
   *     computed
   */
  public String term() {
    return term;
  }
}
