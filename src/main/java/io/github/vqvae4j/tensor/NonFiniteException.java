package io.github.vqvae4j.tensor;

/**
 * A vector that shall get a code is NaN or infinite, or no code of a codebook is finite. In
 * training it mostly means that the run diverged.
 */
public final class NonFiniteException extends ArithmeticException {
  private static final long serialVersionUID = 1L;

  private final long row;
  private final double value;

  private NonFiniteException(long row, double value, String message) {
    super(message);
    this.row = row;
    this.value = value;
  }

  /**
   * Creates the exception for a vector that is not finite.
   *
   * @param row of the vectors
   * @param column of the number in it
   * @param value the number
   * @return the exception, to be thrown
   */
  public static NonFiniteException ofRow(long row, int column, double value) {
    return new NonFiniteException(
        row,
        value,
        "nearestRows: expected finite vectors, got "
            + value
            + " in row "
            + row
            + ", column "
            + column
            + ". Look for NaN in the input and in the weights; if the training diverged, try a"
            + " smaller learning rate.");
  }

  /**
   * Creates the exception for a codebook without a finite code.
   *
   * @param codes how many there are
   * @return the exception, to be thrown
   */
  public static NonFiniteException ofCodebook(int codes) {
    return new NonFiniteException(
        0,
        Double.NaN,
        "nearestRows: expected a codebook with at least one finite code, got none among "
            + codes
            + " codes. If the training diverged, try a smaller learning rate; load the weights"
            + " of an earlier step.");
  }

  /**
   * Returns which vector has no nearest code.
   *
   * @return the first such row of the vectors, counted from 0
   */
  public long row() {
    return row;
  }

  /**
   * Returns what was found instead of a finite number.
   *
   * @return NaN or an infinity; NaN for a codebook
   */
  public double value() {
    return value;
  }
}
