package io.github.vqvae4j.tensor;

/**
 * Pixels to add around images, for {@link Tensor#pad}.
 *
 * @param mode what is added
 * @param top rows above, at least 0
 * @param bottom rows below, at least 0
 * @param left columns at the left, at least 0
 * @param right columns at the right, at least 0
 */
public record Padding(Mode mode, int top, int bottom, int left, int right) {
  /** What is added. */
  public enum Mode {
    /** Zeros. */
    ZEROS,
    /** The image mirrored at its edge pixels, which are not repeated: c b | a b c | b a. */
    REFLECT
  }

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is negative
   */
  public Padding {
    if (top < 0 || bottom < 0 || left < 0 || right < 0) {
      throw new IllegalArgumentException(
          "Padding: expected numbers of at least 0, got top "
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
   * Zeros on all four sides.
   *
   * @param size rows and columns on each side
   * @return the padding
   */
  public static Padding zeros(int size) {
    return new Padding(Mode.ZEROS, size, size, size, size);
  }

  /**
   * Mirrored pixels on all four sides.
   *
   * @param size rows and columns on each side
   * @return the padding
   */
  public static Padding reflect(int size) {
    return new Padding(Mode.REFLECT, size, size, size, size);
  }
}
