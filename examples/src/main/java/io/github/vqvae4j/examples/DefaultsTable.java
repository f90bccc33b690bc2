package io.github.vqvae4j.examples;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A Markdown table that compares runs of a recipe with runs of the defaults, seed by seed. */
final class DefaultsTable {
  private DefaultsTable() {}

  static String of(String recipe, List<DefaultsCurve> published, List<DefaultsCurve> defaults) {
    List<String> head = new ArrayList<>(List.of("normalized MSE of test images at step"));
    published.forEach(run -> head.add(recipe + ", seed " + run.seed()));
    head.add("mean");
    defaults.forEach(run -> head.add("defaults, seed " + run.seed()));
    head.addAll(List.of("mean", "difference"));
    List<String> lines = new ArrayList<>();
    lines.add(line(head));
    lines.add("|" + " ---: |".repeat(head.size()));
    for (long step : published.get(0).errors().keySet()) {
      String label = String.format(Locale.ROOT, "%,d", step);
      lines.add(row(label, "%.4f", published, defaults, run -> run.errors().get(step)));
    }
    String codes = "fewest codes in a batch from step " + FewestCodes.FIRST_STEP;
    lines.add(row(codes, "%.0f", published, defaults, DefaultsCurve::fewestCodes));
    lines.add(row("images/s", "%.0f", published, defaults, DefaultsCurve::imagesPerSecond));
    return String.join(System.lineSeparator(), lines) + System.lineSeparator();
  }

  private static String row(
      String label,
      String format,
      List<DefaultsCurve> published,
      List<DefaultsCurve> defaults,
      ToDoubleFunction<DefaultsCurve> getter) {
    List<String> cells = new ArrayList<>(List.of(label));
    double before = addCells(cells, format, published, getter);
    double after = addCells(cells, format, defaults, getter);
    cells.add(String.format(Locale.ROOT, "%+.1f%%", 100 * (after / before - 1)));
    return line(cells);
  }

  /** Adds the value of each run and their mean, and returns the mean. */
  private static double addCells(
      List<String> cells,
      String format,
      List<DefaultsCurve> runs,
      ToDoubleFunction<DefaultsCurve> getter) {
    for (DefaultsCurve run : runs) {
      cells.add(String.format(Locale.ROOT, format, getter.applyAsDouble(run)));
    }
    double mean = runs.stream().mapToDouble(getter).average().orElseThrow();
    cells.add(String.format(Locale.ROOT, format, mean));
    return mean;
  }

  private static String line(List<String> cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
