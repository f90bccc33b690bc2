package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import java.util.List;
import java.util.Locale;

/**
 * The value of a loss term.
 *
 * @param name the name of the term, such as {@code reconstruction}
 * @param value the unweighted value
 * @param weight the weight of the term in the loss
 */
public record TermReport(String name, double value, double weight) {
  /** Returns the value of the named term; throws IllegalArgumentException if it does not exist. */
  static double value(List<TermReport> terms, String name) {
    for (TermReport term : terms) {
      if (term.name.equals(name)) {
        return term.value;
      }
    }
    throw new IllegalArgumentException(
        "TermReport: expected one of the loss terms "
            + terms.stream().map(TermReport::name).toList()
            + ", got \""
            + name
            + "\".");
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.5f", MessageText.escaped(name), value);
  }
}
