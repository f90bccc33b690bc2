package io.github.vqvae4j.metrics;

/** Validation of matrices in row-major arrays. */
public final class FiniteRows {
  private FiniteRows() {}

  /**
   * Checks that an array consists of one or more whole rows of finite values.
   *
   * @param caller the name of the caller, for the message
   * @param rows the rows [n, D] in row-major order
   * @param dimension D
   * @throws IllegalArgumentException if the array is empty or does not consist of whole rows, or if
   *     a value is NaN or infinite
   */
  public static void check(String caller, float[] rows, int dimension) {
    if (dimension < 1 || rows.length == 0 || rows.length % dimension != 0) {
      throw new IllegalArgumentException(
          caller
              + ": expected one or more rows of "
              + dimension
              + " values, with a dimension of at least 1, got "
              + rows.length
              + " values. The length must be a multiple of the dimension.");
    }
    for (int i = 0; i < rows.length; i++) {
      if (!Float.isFinite(rows[i])) {
        throw new IllegalArgumentException(
            caller
                + ": expected finite values, got "
                + rows[i]
                + " in row "
                + i / dimension
                + ", column "
                + i % dimension
                + ". Correct or remove this row.");
      }
    }
  }
}
