package io.github.vqvae4j.examples;

import java.math.BigDecimal;
import java.math.MathContext;

/** The numbers 1, 2 and 5 of each decade: where a logarithmic axis begins, ends and has labels. */
final class RoundNumbers {
  private static final int[] DIGITS = {1, 2, 5, 10, 20};

  private RoundNumbers() {}

  /** The largest of them that is not above a value. */
  static double atMost(double value) {
    int decade = decade(value);
    int i = 0;
    while (number(DIGITS[i + 1], decade) <= value) {
      i++;
    }
    return number(DIGITS[i], decade);
  }

  /** The smallest of them that is above a value. */
  static double above(double value) {
    int decade = decade(value);
    int i = 0;
    while (number(DIGITS[i], decade) <= value) {
      i++;
    }
    return number(DIGITS[i], decade);
  }

  /** The number as text, or nothing for others, which would write over each other. */
  static String label(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(2)).stripTrailingZeros();
    int digits = rounded.unscaledValue().intValue();
    return digits == 1 || digits == 2 || digits == 5 ? rounded.toPlainString() : "";
  }

  private static int decade(double value) {
    return (int) Math.floor(Math.log10(value));
  }

  /** As the text 5e-3 is read, so that it is the number itself and not one beside it. */
  private static double number(int digits, int decade) {
    return Double.parseDouble(digits + "e" + decade);
  }
}
