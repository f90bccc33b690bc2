package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.PaletteReport;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/** What palettes cost and lose: a line for each image and number of colours, then the means. */
final class PaletteTable {
  private static final String LINE = "%-20s %8d %9.2f %9.2f %9.2f %9.4f%n";

  private final PrintWriter out;
  private final Map<Integer, List<PaletteReport>> reports = new TreeMap<>();

  PaletteTable(PrintWriter out) {
    this.out = out;
    out.printf("%-20s %8s %9s %29s%n", "", "", "", "bits per pixel");
    out.printf(
        "%-20s %8s %9s %9s %9s %9s%n",
        "image", "colours", "PSNR, dB", "indices", "entropy", "palette");
  }

  /** Prints a line. */
  void add(String image, int colors, PaletteReport report) {
    reports.computeIfAbsent(colors, k -> new ArrayList<>()).add(report);
    line(image, colors, List.of(report));
  }

  /** Prints the means over all images, if there are several. */
  void end() {
    reports.forEach(
        (colors, some) -> {
          if (some.size() > 1) {
            line("mean of " + some.size(), colors, some);
          }
        });
  }

  private void line(String name, int colors, List<PaletteReport> some) {
    out.printf(
        Locale.ROOT,
        LINE,
        name,
        colors,
        mean(some, PaletteReport::psnr),
        mean(some, PaletteReport::indexBits),
        mean(some, PaletteReport::entropyBits),
        mean(some, PaletteReport::paletteBits));
  }

  private static double mean(List<PaletteReport> some, ToDoubleFunction<PaletteReport> value) {
    return some.stream().mapToDouble(value).average().orElseThrow();
  }
}
