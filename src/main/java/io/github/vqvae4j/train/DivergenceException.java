package io.github.vqvae4j.train;

/** A term of the loss, a gradient or an error on held-out data became NaN or infinite. */
public final class DivergenceException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

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

  /** On held-out data, after a step whose changes were made. */
  static DivergenceException afterStep(long step, double value) {
    String term = "the held-out reconstruction error";
    return new DivergenceException(
        step,
        term,
        "After step " + step + " " + term + " is " + value + ". Try a smaller learning rate.");
  }

  /** Adds a sentence to the message. */
  void add(String sentence) {
    note += " " + sentence;
  }

  @Override
  public String getMessage() {
    return super.getMessage() + note;
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
   * @return the name of a loss term, or {@code gradient of} and a parameter's name
   */
  public String term() {
    return term;
  }
}
