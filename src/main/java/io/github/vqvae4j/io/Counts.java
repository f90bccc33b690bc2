package io.github.vqvae4j.io;

/**
 * Formats counts with singular or plural nouns, for messages: {@code 1 image}, {@code 2 images}.
 */
public final class Counts {
  private Counts() {}

  /**
   * Formats a count with a noun whose plural ends in s.
   *
   * @param count the count
   * @param singular the singular noun
   * @return a text such as {@code 1 image} or {@code 0 images}
   */
  public static String of(long count, String singular) {
    return of(count, singular, singular + "s");
  }

  /**
   * Formats a count with a singular or plural phrase.
   *
   * @param count the count
   * @param singular the singular phrase
   * @param plural the plural phrase
   * @return a text such as {@code 1 file is} or {@code 2 files are}
   */
  public static String of(long count, String singular, String plural) {
    return count + " " + (count == 1 ? singular : plural);
  }
}
