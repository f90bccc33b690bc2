package io.github.vqvae4j.train;

import java.util.List;
import java.util.Locale;

/**
 * A term of the loss, as a number.
 *
 * @param name as {@code reconstruction}
 * @param value without its weight
 * @param weight its factor in the loss
 */
public record TermReport(String name, double value, double weight) {
  /** The value of one of several; throws if there is none of that name. */
  static double value(List<TermReport> terms, String name) {
    for (TermReport term : terms) {
      if (term.name.equals(name)) {
        return term.value;
      }
    }
    throw new IllegalArgumentException(
        "No term \""
            + name
            + "\"; there are "
            + terms.stream().map(TermReport::name).toList()
            + ".");
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.5f", name, value);
  }
}
