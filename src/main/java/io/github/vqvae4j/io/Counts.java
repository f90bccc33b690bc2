package io.github.vqvae4j.io;

/** Numbers of things as text for messages: {@code 1 image}, {@code 2 images}. */
public final class Counts {
  private Counts() {}

  /**
   * Returns a number of things whose plural ends in s.
   *
   * @param count how many
   * @param one what one of them is called
   * @return {@code 1 image}; {@code 0 images}
   */
  public static String of(long count, String one) {
    return of(count, one, one + "s");
  }

  /**
   * Returns a number of things, or of what they do.
   *
   * @param count how many
   * @param one the words for one of them
   * @param several the words for any other number
   * @return {@code 1 file is}; {@code 2 files are}
   */
  public static String of(long count, String one, String several) {
    return count + " " + (count == 1 ? one : several);
  }
}
