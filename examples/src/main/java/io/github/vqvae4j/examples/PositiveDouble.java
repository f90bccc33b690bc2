package io.github.vqvae4j.examples;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A finite number above 0. */
final class PositiveDouble implements ITypeConverter<Double> {
  @Override
  public Double convert(String text) {
    try {
      double number = Double.parseDouble(text);
      if (number > 0 && number < Double.POSITIVE_INFINITY) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the one message.
    }
    throw new TypeConversionException("expected a number above 0, got '" + text + "'");
  }
}
