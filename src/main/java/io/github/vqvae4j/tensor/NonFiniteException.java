package io.github.vqvae4j.tensor;

/**
 * Thrown if a value that must be finite is NaN or infinite, such as a model weight, a layer output,
 * or an encoder output to be quantized. The usual cause is diverged training.
 */
public final class NonFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  /** The operation or model that reported the value. */
  private final String source;

  /** A description of the value. */
  private final String description;

  /** NaN or an infinity. */
  private final double value;

  /**
   * Creates an exception.
   *
   * @param source the operation or model that reports the value
   * @param description a description of the value
   * @param value NaN or an infinity
   * @param remedy a remedy for the message
   */
  public NonFiniteException(String source, String description, double value, String remedy) {
    super(
        source
            + ": "
            + description
            + " is "
            + value
            + ", expected a finite value; "
            + remedy
            + ".");
    this.source = source;
    this.description = description;
    this.value = value;
  }

  /**
   * Returns the operation or model that reported the value.
   *
   * @return an operation with its layer, if any, or a model
   */
  public String source() {
    return source;
  }

  /**
   * Returns a description of the value.
   *
   * @return the name of a parameter or buffer with the index of the element, or a description of
   *     the computed value
   */
  public String description() {
    return description;
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
