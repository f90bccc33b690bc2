package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import java.util.List;
import java.util.Locale;

/**
 * A metric: a named value that is reported but not minimized.
 *
 * @param name the name, such as {@code accuracy}
 * @param value the value
 */
public record Metric(String name, double value) {
  /**
   * Returns the value of the named metric; throws IllegalArgumentException if it does not exist.
   */
  static double value(List<Metric> metrics, String name) {
    for (Metric metric : metrics) {
      if (metric.name.equals(name)) {
        return metric.value;
      }
    }
    throw new IllegalArgumentException(
        "Metric: expected one of the metrics "
            + metrics.stream().map(Metric::name).toList()
            + ", got \""
            + name
            + "\".");
  }

  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%s %.5g", MessageText.escaped(name), value);
  }
}
