package io.github.vqvae4j.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts a finite number above 0. */
final class PositiveDouble implements ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    try {
      double value = Double.parseDouble(text);
      if (value > 0 && value < Double.POSITIVE_INFINITY) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new TypeConversionException("expected a number above 0, got '" + text + "'");
  }
}
