package io.github.vqvae4j.examples;

import picocli.CommandLine.TypeConversionException;

/** Letters of arguments: without a locale, those beyond ASCII are lost before Java starts. */
final class LostLetters {
  private static final char REPLACEMENT = '\uFFFD';
  private static final String ENCODING = System.getProperty("sun.jnu.encoding");

  private LostLetters() {}

  /** Throws if the argument is not what the user typed. */
  static void check(String argument) {
    if (argument.indexOf(REPLACEMENT) >= 0 && !ENCODING.startsWith("UTF")) {
      throw new TypeConversionException(
          "got '"
              + argument.replace(REPLACEMENT, '?')
              + "', but arguments are "
              + ENCODING
              + " in the locale of this process, and other letters are lost; run it again with"
              + " LC_ALL=C.UTF-8");
    }
  }
}
