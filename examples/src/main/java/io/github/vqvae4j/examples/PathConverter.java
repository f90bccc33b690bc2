package io.github.vqvae4j.examples;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * A path of the command line. Without a locale, letters beyond ASCII are lost before Java starts.
 */
final class PathConverter implements ITypeConverter<Path> {
  private static final char REPLACEMENT = '\uFFFD';

  @Override
  public Path convert(String text) {
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          text.indexOf(REPLACEMENT) < 0
              ? "expected a path, got '" + text + "' (" + e.getReason() + ")"
              : "got '"
                  + text.replace(REPLACEMENT, '?')
                  + "', but names of files are "
                  + System.getProperty("sun.jnu.encoding")
                  + " in the locale of this process, and other letters are lost; run it again with"
                  + " LC_ALL=C.UTF-8");
    }
  }
}
