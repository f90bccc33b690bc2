package io.github.vqvae4j.train;

import io.github.vqvae4j.tensor.NonFiniteException;

/** A term of the loss, a gradient or an error on held-out data became NaN or infinite. */
public final class DivergenceException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private static final String VECTORS = "a vector to be quantized";

  /** Counted from 1. */
  private final long step;

  /** What was not finite. */
  private final String term;

  private DivergenceException(long step, String term, String message) {
    super(message);
    this.step = step;
    this.term = term;
  }

  /** In a training step, which was refused. */
  static DivergenceException inStep(long step, String term, double value) {
    return new DivergenceException(
        step,
        term,
        "Step "
            + step
            + ": "
            + term
            + " is "
            + value
            + ". Training stopped; parameters and buffers are as they were before this step. Try a"
            + " smaller learning rate.");
  }

  /** In a training step, which was refused, for vectors that no code is nearest to. */
  static DivergenceException inStep(long step, NonFiniteException cause) {
    DivergenceException e = inStep(step, VECTORS, cause.value());
    e.initCause(cause);
    return e;
  }

  /** On held-out data, for vectors that no code is nearest to. */
  static DivergenceException afterStep(long step, NonFiniteException cause) {
    DivergenceException e = afterStep(step, cause.value());
    e.initCause(cause);
    return e;
  }

  /** On held-out data, after a step whose changes were made. */
  static DivergenceException afterStep(long step, double value) {
    String term = "the held-out reconstruction error";
    return new DivergenceException(
        step,
        term,
        "After step " + step + " " + term + " is " + value + ". Try a smaller learning rate.");
  }

  /**
   * The step that was refused, or that the evaluation came after.
   *
   * @return counted from 1
   */
  public long step() {
    return step;
  }

  /**
   * What was not finite.
   *
   * @return the name of a loss term, {@code a vector to be quantized}, or {@code gradient of} and a
   *     parameter's name
   */
  public String term() {
    return term;
  }
}
