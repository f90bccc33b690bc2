package io.github.vqvae4j.train;

import java.util.Locale;

/**
 * A term of the loss, as a number.
 *
 * @param name as {@code reconstruction}
 * @param value without its weight
 * @param weight its factor in the loss
 */
public record TermReport(String name, double value, double weight) {
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.5f", name, value);
  }
}
