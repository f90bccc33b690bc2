package io.github.vqvae4j.model;

/** A number of a model, or one that it computed, is NaN or infinite. */
public final class DivergedModelException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  /** What is not finite. */
  private final String what;

  /** NaN or an infinity. */
  private final double value;

  DivergedModelException(String model, String what, double value, String remedy) {
    super(model + ": " + what + " is " + value + ", expected a finite number; " + remedy + ".");
    this.what = what;
    this.value = value;
  }

  /**
   * Returns what is not finite.
   *
   * @return a parameter's or buffer's name and the index in it, or what the model computed
   */
  public String what() {
    return what;
  }

  /**
   * Returns the value.
   *
   * @return NaN or an infinity
   */
  public double value() {
    return value;
  }
}
