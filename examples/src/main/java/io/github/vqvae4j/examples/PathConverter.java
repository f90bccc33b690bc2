package io.github.vqvae4j.examples;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts a path given on the command line. */
final class PathConverter implements ITypeConverter<Path> {
  @Override
  public Path convert(String text) {
    ArgumentEncoding.check(text);
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new TypeConversionException(
          "expected a path, got '" + text + "' (" + e.getReason() + ")");
    }
  }
}
