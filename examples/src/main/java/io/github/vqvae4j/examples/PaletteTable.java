package io.github.vqvae4j.examples;

import io.github.vqvae4j.palette.PaletteReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** A table of the size and error of palettes: a line for each image and K, followed by means. */
final class PaletteTable {
  private static final String LINE = "%-20s %5s %9s %9s %9s %9s %9s%n";

  private final PrintWriter out;
  private final Map<Integer, List<PaletteReport>> reports = new TreeMap<>();

  PaletteTable(PrintWriter out) {
    this.out = out;
  }

  /**
   * Prints a line of the table.
   *
   * @param image the name of the image
   * @param k the maximum number of colors
   * @param report the size and error
   */
  void add(String image, int k, PaletteReport report) {
    if (reports.isEmpty()) {
      out.printf("%-20s %5s %9s %9s %29s%n", "", "", "", "", "bits per pixel");
      out.printf(LINE, "image", "K", "colors", "PSNR, dB", "indices", "entropy", "palette");
    }
    reports.computeIfAbsent(k, key -> new ArrayList<>()).add(report);
    line(image, k, Integer.toString(report.usage().codebookSize()), List.of(report));
  }

  /** Prints the means over all images, if there are several. */
  void end() {
    StringJoiner exact = new StringJoiner(", ");
    reports.forEach(
        (k, group) -> {
          if (group.size() > 1) {
            double colors = mean(group, report -> report.usage().codebookSize());
            line("mean of " + group.size(), k, text(1, colors), group);
            long exactImages = group.size() - inexact(group).size();
            if (exactImages > 0) {
              exact.add(exactImages + " at K = " + k);
            }
          }
        });
    if (exact.length() > 0) {
      out.printf("mean PSNR excludes exactly reproduced images: %s%n", exact);
    }
  }

  private void line(String name, int k, String colors, List<PaletteReport> reports) {
    List<PaletteReport> inexact = inexact(reports);
    out.printf(
        LINE,
        name,
        k,
        colors,
        inexact.isEmpty() ? "exact" : text(2, mean(inexact, PaletteReport::psnr)),
        text(2, mean(reports, PaletteReport::indexBits)),
        text(2, mean(reports, PaletteReport::entropyBits)),
        text(4, mean(reports, PaletteReport::paletteBits)));
  }

  /** Returns the reports with an error above 0; the PSNR of the others is infinite. */
  private static List<PaletteReport> inexact(List<PaletteReport> reports) {
    return reports.stream().filter(report -> report.meanSquaredError() > 0).toList();
  }

  private static String text(int decimals, double value) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  private static double mean(List<PaletteReport> reports, ToDoubleFunction<PaletteReport> value) {
    return reports.stream().mapToDouble(value).average().orElseThrow();
  }
}
