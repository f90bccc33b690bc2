package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.PaletteReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What palettes cost and lose: a line for each image and K, then the means. */
final class PaletteTable {
  private static final String LINE = "%-20s %5s %9s %9s %9s %9s %9s%n";

  private final PrintWriter out;
  private final Map<Integer, List<PaletteReport>> reports = new TreeMap<>();

  PaletteTable(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints a line.
   *
   * @param most K, the colours that were allowed
   */
  void add(String image, int most, PaletteReport report) {
    if (reports.isEmpty()) {
      out.printf("%-20s %5s %9s %9s %29s%n", "", "", "", "", "bits per pixel");
      out.printf(LINE, "image", "K", "colours", "PSNR, dB", "indices", "entropy", "palette");
    }
    reports.computeIfAbsent(most, k -> new ArrayList<>()).add(report);
    line(image, most, Integer.toString(report.usage().codebookSize()), List.of(report));
  }

  /** Prints the means over all images, if there are several. */
  void end() {
    StringJoiner exact = new StringJoiner(", ");
    reports.forEach(
        (most, some) -> {
          if (some.size() > 1) {
            double colors = mean(some, report -> report.usage().codebookSize());
            line("mean of " + some.size(), most, text(1, colors), some);
            long without = some.size() - inexact(some).size();
            if (without > 0) {
              exact.add(without + " at K = " + most);
            }
          }
        });
    if (exact.length() > 0) {
      out.printf("PSNR: the mean is without exact images, %s%n", exact);
    }
  }

  private void line(String name, int most, String colors, List<PaletteReport> some) {
    List<PaletteReport> inexact = inexact(some);
    out.printf(
        LINE,
        name,
        most,
        colors,
        inexact.isEmpty() ? "exact" : text(2, mean(inexact, PaletteReport::psnr)),
        text(2, mean(some, PaletteReport::indexBits)),
        text(2, mean(some, PaletteReport::entropyBits)),
        text(4, mean(some, PaletteReport::paletteBits)));
  }

  /** Those that have lost something; the PSNR of the others is infinite. */
  private static List<PaletteReport> inexact(List<PaletteReport> some) {
    return some.stream().filter(report -> report.meanSquaredError() > 0).toList();
  }

  private static String text(int decimals, double value) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static double mean(List<PaletteReport> some, ToDoubleFunction<PaletteReport> value) {
    return some.stream().mapToDouble(value).average().orElseThrow();
  }
}
