package io.github.vqvae4j.train;

/** A term of the loss, or a gradient, became NaN or infinite; the model is as before that step. */
public final class DivergenceException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  /** Counted from 1. */
  private final long step;

  /** What was not finite. */
  private final String term;

  DivergenceException(long step, String term, double value) {
    super(
        "Step "
            + step
            + ": "
            + term
            + " is "
            + value
            + ". Training stopped; parameters and buffers are as they were before this step."
            + " Try a smaller learning rate, and look at the data of this step.");
    this.step = step;
    this.term = term;
  }

  /**
   * The step that was refused.
   *
   * @return counted from 1
   */
  public long step() {
    return step;
  }

  /**
   * What was not finite.
   *
   * @return the name of a loss term, or {@code gradient of} and a parameter's name
   */
  public String term() {
    return term;
  }
}
