package io.github.vqvae4j.examples;

import picocli.CommandLine.TypeConversionException;

/**
 * Detects characters of arguments that were lost. Without a locale, non-ASCII characters are lost
 * before Java starts.
 */
final class ArgumentEncoding {
  private static final char REPLACEMENT = '\uFFFD';
  private static final String ENCODING = System.getProperty("sun.jnu.encoding");

  private ArgumentEncoding() {}

  /** Throws if the argument is not what the user typed. */
  static void check(String argument) {
    if (argument.indexOf(REPLACEMENT) >= 0 && !ENCODING.startsWith("UTF")) {
      throw new TypeConversionException(
          "got '"
              + argument.replace(REPLACEMENT, '?')
              + "', but the locale of this process encodes arguments as "
              + ENCODING
              + ", which loses other characters; set LC_ALL=C.UTF-8 and run the command again");
    }
  }
}
