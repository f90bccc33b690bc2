package io.github.vqvae4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A page of benchmark results, written as {@code <name>.md} and {@code <name>.json}. */
public final class Page {
  private final StringBuilder text = new StringBuilder();
  private final Machine machine;
  private final List<Section> sections;
  private final List<String> failures;

  /**
   * Creates a page.
   *
   * @param machine the machine of the run
   * @param sections the sections; those without rows are omitted
   * @param failures the failed configurations with their workloads
   */
  public Page(Machine machine, List<Section> sections, List<String> failures) {
    this.machine = machine;
    this.sections = sections.stream().filter(section -> !section.rows().isEmpty()).toList();
    this.failures = List.copyOf(failures);
  }

  /**
   * Writes the page.
   *
   * @param folder the output folder
   * @param name the name of the files without extension
   * @param command the command that generates the page
   * @param method a description of the measurements
   * @throws IOException if a file cannot be written
   */
  public void write(Path folder, String name, String command, String method) throws IOException {
    Files.createDirectories(folder);
    text.append(machine.header("Benchmarks", command, method));
    sections.forEach(this::table);
    if (!failures.isEmpty()) {
      text.append("\n## Failed and excluded\n\n");
      failures.forEach(failure -> text.append("- ").append(failure).append('\n'));
    }
    text.append("\n![Chart of the results](images/").append(name).append(".png)\n");
    Files.writeString(folder.resolve(name + ".md"), text);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine);
    json.put("rows", sections.stream().flatMap(section -> section.rows().stream()).toList());
    json.put("failures", failures);
    JsonFile.write(folder.resolve(name + ".json"), json);
  }

  private void table(Section section) {
    boolean speed =
        section.rows().stream().allMatch(row -> row.unit().equals(Row.IMAGES_PER_SECOND));
    text.append("\n## ")
        .append(section.title())
        .append(
            "\n\n| task | batch | K | image size | vqvae4j | baseline | layout | baseline value |")
        .append(" unit | ratio | min to max |")
        .append(speed ? " GFLOP/s, vqvae4j | GFLOP/s, baseline |" : "")
        .append("\n| --- | ---: | ---: | ---: | ---: | --- | --- | ---: | --- | ---: | ---: |")
        .append(speed ? " ---: | ---: |\n" : "\n");
    for (Row row : section.rows()) {
      text.append(line(row));
      if (speed) {
        text.append(
            String.format(
                Locale.ROOT,
                " %.1f | %.1f |",
                gigaflops(row, row.value()),
                gigaflops(row, row.baselineValue())));
      }
      text.append('\n');
    }
  }

  private static String line(Row row) {
    return String.format(
        Locale.ROOT,
        "| %s | %d | %d | %d | %s | %s | %s | %s | %s | %.3f | %.3f to %.3f |",
        row.name(),
        row.batch(),
        row.codebookSize(),
        row.imageSize(),
        format(row.value()),
        row.baseline(),
        row.layout(),
        format(row.baselineValue()),
        row.unit(),
        row.ratio(),
        row.ratios().stream().mapToDouble(r -> r).min().orElseThrow(),
        row.ratios().stream().mapToDouble(r -> r).max().orElseThrow());
  }

  /** Formats a value with about three significant digits. */
  static String format(double value) {
    String format = value < 1 ? "%.4f" : value < 100 ? "%.2f" : "%,.0f";
    return String.format(Locale.ROOT, format, value);
  }

  private static double gigaflops(Row row, double imagesPerSecond) {
    return imagesPerSecond * row.megaflops() / 1e3;
  }
}
