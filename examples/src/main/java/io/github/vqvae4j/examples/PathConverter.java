package io.github.vqvae4j.examples;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A path of the command line. */
final class PathConverter implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    LostLetters.check(text);
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "expected a path, got '" + text + "' (" + e.getReason() + ")");
    }
  }
}
