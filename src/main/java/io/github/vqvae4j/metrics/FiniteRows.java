package io.github.vqvae4j.metrics;

/** The check of all that looks at vectors in rows. */
public final class FiniteRows {
  private FiniteRows() {}

  /**
   * Refuses what is not whole rows of finite numbers.
   *
   * @param who wants them, for the message
   * @param rows [n, D], row-major
   * @param dimension D
   * @throws IllegalArgumentException if there is no row or a part of one, or a number is NaN or
   *     infinite
   */
  public static void check(String who, float[] rows, int dimension) {
    if (dimension < 1 || rows.length == 0 || rows.length % dimension != 0) {
      throw new IllegalArgumentException(
          who
              + ": expected one or more rows of "
              + dimension
              + " numbers, at least 1, got "
              + rows.length
              + " numbers; give as many as rows times the dimension.");
    }
    for (int i = 0; i < rows.length; i++) {
      if (!Float.isFinite(rows[i])) {
        throw new IllegalArgumentException(
            who
                + ": expected finite numbers, got "
                + rows[i]
                + " in row "
                + i / dimension
                + ", column "
                + i % dimension
                + "; repair or leave out that row.");
      }
    }
  }
}
