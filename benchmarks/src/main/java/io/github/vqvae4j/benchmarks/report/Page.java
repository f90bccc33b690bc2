package io.github.vqvae4j.benchmarks.report;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonSerializer;
import io.github.vqvae4j.io.RecordJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Writes {@code <name>.md} and {@code <name>.json} of some rows. */
public final class Page {
  /** JSON has no NaN and no infinity. */
  private static final JsonSerializer<Double> FIGURE =
      (value, type, context) -> RecordJson.figure(value);

  private final StringBuilder text = new StringBuilder();
  private final Machine machine;
  private final List<Section> sections;
  private final List<String> failures;

  /**
   * A page.
   *
   * @param machine that it was run on
   * @param sections those without rows are left out
   * @param failures who failed in what
   */
  public Page(Machine machine, List<Section> sections, List<String> failures) {
    this.machine = machine;
    this.sections = sections.stream().filter(section -> !section.rows().isEmpty()).toList();
    this.failures = List.copyOf(failures);
  }

  /**
   * Writes it.
   *
   * @param folder where
   * @param name of the files, without an ending
   * @param command that produces it again
   * @param how it was measured, one sentence or more
   * @throws IOException if it cannot be written
   */
  public void write(Path folder, String name, String command, String how) throws IOException {
    Files.createDirectories(folder);
    text.append(machine.head("Benchmarks", command, how));
    sections.forEach(this::table);
    if (!failures.isEmpty()) {
      text.append("\n## Failed, and therefore not counted\n\n");
      failures.forEach(failure -> text.append("- ").append(failure).append('\n'));
    }
    text.append("\n![Chart of these numbers](images/").append(name).append(".png)\n");
    Files.writeString(folder.resolve(name + ".md"), text);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine);
    json.put("rows", sections.stream().flatMap(section -> section.rows().stream()).toList());
    json.put("failures", failures);
    Files.writeString(
        folder.resolve(name + ".json"),
        new GsonBuilder()
                .setPrettyPrinting()
                .serializeNulls()
                .registerTypeAdapter(double.class, FIGURE)
                .registerTypeAdapter(Double.class, FIGURE)
                .create()
                .toJson(json)
            + "\n");
  }

  private void table(Section section) {
    boolean speed =
        section.rows().stream().allMatch(row -> row.unit().equals(Row.IMAGES_PER_SECOND));
    text.append("\n## ")
        .append(section.title())
        .append("\n\n| | batch | K | image | vqvae4j | peer | its layout | theirs | unit | ratio |")
        .append(" lowest to highest |")
        .append(speed ? " GFLOP/s | theirs |" : "")
        .append("\n| --- | ---: | ---: | ---: | ---: | --- | --- | ---: | --- | ---: | ---: |")
        .append(speed ? " ---: | ---: |\n" : "\n");
    for (Row row : section.rows()) {
      text.append(line(row));
      if (speed) {
        text.append(
            String.format(
                Locale.ROOT,
                " %.1f | %.1f |",
                gigaflops(row, row.ours()),
                gigaflops(row, row.theirs())));
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
        number(row.ours()),
        row.peer(),
        row.layout(),
        number(row.theirs()),
        row.unit(),
        row.ratio(),
        row.ratios().stream().mapToDouble(r -> r).min().orElseThrow(),
        row.ratios().stream().mapToDouble(r -> r).max().orElseThrow());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
  }

  private static double gigaflops(Row row, double imagesPerSecond) {
    return imagesPerSecond * row.megaflops() / 1e3;
  }
}
