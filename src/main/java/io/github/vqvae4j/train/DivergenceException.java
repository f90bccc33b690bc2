package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.NonFiniteException;

/**
 * Thrown when a weight, a layer output, a loss term or a gradient becomes NaN or infinite in
 * training or evaluation.
 *
 * <p>A failed step has no effect: parameters and buffers are restored to their values before the
 * step, bit for bit. The state of all optimizers is {@linkplain Optimizer#reset() reset}, also
 * after a divergence in an evaluation; other exceptions reset an optimizer only if a step fails
 * after its update. If the value arose in the forward or backward pass, the pass is repeated with a
 * check of each operation, and the message names the operation and layer in which it originated.
 */
public final class DivergenceException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private static final String UNCHANGED =
      " Training stopped; parameters and buffers are restored to their values before this step.";
  private static final String LOWER_RATE = " Try a smaller learning rate.";
  private static final String IN_FIRST_STEP =
      " This is the first step of the run, so its learning rate is not the cause. Check the"
          + " magnitudes of weights and data, and rebuild the model or load an earlier checkpoint.";

  /** The training step, counted from 1. */
  private final long step;

  /** The value that is not finite. */
  private final String term;

  /** Sentences appended to the message, such as the location of the checkpoint. */
  private String note = "";

  private DivergenceException(long step, String term, String message) {
    super(message);
    this.step = step;
    this.term = term;
  }

  /** Returns the exception for a value found in a training step, which was rolled back. */
  static DivergenceException inStep(long step, String term, double value) {
    return inStep(step, term, "is " + value);
  }

  /** Returns the exception for a gradient that is not finite or overflows when squared. */
  static DivergenceException inGradient(long step, String term, float worst) {
    return Float.isFinite(worst)
        ? inStep(step, term, "contains " + worst + ", whose square overflows a float")
        : inStep(step, term, worst);
  }

  private static DivergenceException inStep(long step, String term, String fault) {
    String remedy = step == 1 ? IN_FIRST_STEP : LOWER_RATE;
    return new DivergenceException(
        step, term, "Step " + step + ": " + term + " " + fault + "." + UNCHANGED + remedy);
  }

  /** Returns the exception for weights that were not finite before a training step. */
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
            + " before this step, expected finite weights. Training stopped. Rebuild the model or"
            + " load an earlier checkpoint.");
  }

  /** Returns the exception for a model whose initialization from data set a non-finite value. */
  static DivergenceException afterInitialization(String name, double value) {
    return new DivergenceException(
        1,
        name,
        "Step 1: "
            + name
            + " is "
            + value
            + " after initialization, expected finite weights. Training stopped; parameters and"
            + " buffers are restored to their values before initialization. Check the model's"
            + " initialize method and the data.");
  }

  /** Returns the exception for a training step that updated a weight to a non-finite value. */
  static DivergenceException afterUpdate(
      long step, String name, double value, boolean parameter, double learningRate) {
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
            + (parameter ? "optimizer update" : "buffer update")
            + " with learning rate "
            + learningRate
            + "."
            + UNCHANGED
            + LOWER_RATE);
  }

  /**
   * Returns the exception for weights that were not finite before an evaluation; step 0 means
   * outside a training run.
   */
  static DivergenceException beforeEvaluation(long step, String name, double value) {
    return new DivergenceException(
        step,
        name,
        (step == 0 ? "Evaluation: " : "After step " + step + ": ")
            + name
            + " is "
            + value
            + (step == 0
                ? ", expected finite weights."
                : " before the evaluation, expected finite weights. Training stopped.")
            + " Rebuild the model or load an earlier checkpoint.");
  }

  /**
   * Returns the exception for a value found in an evaluation after a completed step; step 0 means
   * outside a training run.
   */
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
                : ". Training stopped; the model keeps the weights after that step, which are finite.")
            + " Check those examples, and try a smaller learning rate.");
  }

  /** Appends a sentence to the message. */
  void append(String sentence) {
    note += " " + sentence;
  }

  /** Appends the operation in which the value originated. */
  void appendOrigin(NonFiniteException origin) {
    append("It originated in " + origin.source() + ": " + origin.description() + ".");
  }

  @Override
  public String getMessage() {
    return super.getMessage() + note;
  }

  /**
   * Returns the step that failed, or the step after which the evaluation ran.
   *
   * @return the step, counted from 1; 0 for an evaluation outside a training run
   */
  public long step() {
    return step;
  }

  /**
   * Returns the name of the value that was not finite.
   *
   * @return a parameter or buffer name with an element index, a layer name, {@code "the gradient of
   *     <parameter>"}, {@code "the <name> term"}, followed by {@code "of objective <name>"} if the
   *     model has several, or the name of another intermediate result
   */
  public String term() {
    return term;
  }
}
