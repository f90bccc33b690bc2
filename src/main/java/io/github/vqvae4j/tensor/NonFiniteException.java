package io.github.vqvae4j.tensor;

/**
 * Thrown if a value that must be finite is NaN or infinite: a weight of a model, the output of a
 * layer, a vector to be quantized. The usual cause is training that diverged.
 */
public final class NonFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  /** The operation or model that found it. */
  private final String source;

  /** What is not finite. */
  private final String what;

  /** NaN or an infinity. */
  private final double value;

  /**
   * Creates the exception.
   *
   * @param source the operation or model that found it
   * @param what is not finite
   * @param value NaN or an infinity
   * @param remedy what to do
   */
  public NonFiniteException(String source, String what, double value, String remedy) {
    super(source + ": " + what + " is " + value + ", expected a finite number; " + remedy + ".");
    this.source = source;
    this.what = what;
    this.value = value;
  }

  /**
   * Returns who found it.
   *
   * @return an operation, with its layer if it has one, or a model
   */
  public String source() {
    return source;
  }

  /**
   * Returns what is not finite.
   *
   * @return the name of a parameter or buffer and the index in it, or of what was computed
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
