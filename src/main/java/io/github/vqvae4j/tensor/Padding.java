package io.github.vqvae4j.tensor;

/**
 * The padding of images for {@link Tensor#pad(Padding)}.
 *
 * @param mode the values of the padding
 * @param top the number of rows above, at least 0
 * @param bottom the number of rows below, at least 0
 * @param left the number of columns on the left, at least 0
 * @param right the number of columns on the right, at least 0
 */
public record Padding(Mode mode, int top, int bottom, int left, int right) {
  /** The values of the padding. */
  public enum Mode {
    /** Zeros. */
    ZEROS,
    /** A reflection of the image that does not repeat the edge pixels: c b | a b c | b a. */
    REFLECT
  }

  /**
   * Validates the padding.
   *
   * @throws IllegalArgumentException if a size is negative
   */
  public Padding {
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          "Padding: expected sizes of at least 0, got top "
              + top
              + ", bottom "
              + bottom
              + ", left "
              + left
              + ", right "
              + right
              + ".");
    }
  }

  /**
   * Creates zero padding for all four sides.
   *
   * @param size the number of rows and columns on each side
   * @return the padding
   */
  public static Padding zeros(int size) {
    return new Padding(Mode.ZEROS, size, size, size, size);
  }

  /**
   * Creates reflection padding for all four sides.
   *
   * @param size the number of rows and columns on each side
   * @return the padding
   */
  public static Padding reflect(int size) {
    return new Padding(Mode.REFLECT, size, size, size, size);
  }
}
