package io.github.vqvae4j.examples;

import java.math.BigDecimal;
import java.math.MathContext;

/** The values 1, 2 and 5 of each decade, used as limits and tick labels of logarithmic axes. */
final class RoundTicks {
  private static final int[] DIGITS = {1, 2, 5, 10, 20};

  private RoundTicks() {}

  /** Returns the largest round number that is at most {@code value}. */
  static double atMost(double value) {
    int decade = decade(value);
    int i = 0;
    while (number(DIGITS[i + 1], decade) <= value) {
      i++;
    }
    return number(DIGITS[i], decade);
  }

  /** Returns the smallest round number above {@code value}. */
  static double above(double value) {
    int decade = decade(value);
    int i = 0;
    while (number(DIGITS[i], decade) <= value) {
      i++;
    }
    return number(DIGITS[i], decade);
  }

  /**
   * Formats a round number; returns an empty label for other values, as the labels would overlap.
   */
  static String label(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(2)).stripTrailingZeros();
    int digits = rounded.unscaledValue().intValue();
    return digits == 1 || digits == 2 || digits == 5 ? rounded.toPlainString() : "";
  }

  private static int decade(double value) {
    return (int) Math.floor(Math.log10(value));
  }

  /** Returns the value of text such as 5e-3, which parses to the nearest double. */
  private static double number(int digits, int decade) {
    return Double.parseDouble(digits + "e" + decade);
  }
}
