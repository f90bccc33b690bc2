package io.github.vqvae4j.benchmarks.report;

import com.google.gson.GsonBuilder;
import io.github.vqvae4j.benchmarks.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/** Writes {@code <name>.md}, {@code <name>.json} and {@code images/<name>.png} of some rows. */
public final class Page {
  private static final double MEGAFLOP_TRAINING = 264;
  private static final double MEGAFLOP_RECONSTRUCTION = 91;
  private static final String FLOOR = "floor";

  private final StringBuilder text = new StringBuilder();
  private final Machine machine;
  private final List<Row> rows;

  /**
   * A page.
   *
   * @param machine that it was run on
   * @param rows all of them
   */
  public Page(Machine machine, List<Row> rows) {
    this.machine = machine;
    this.rows = List.copyOf(rows);
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
    Files.createDirectories(folder.resolve("images"));
    head(command, how);
    table("Beside libtorch", row -> !row.peer().equals(FLOOR));
    table("Beside the floor", row -> row.peer().equals(FLOOR));
    text.append("\n![Images per second](images/").append(name).append(".png)\n");
    arithmetic();
    Files.writeString(folder.resolve(name + ".md"), text);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine);
    json.put("rows", rows);
    Files.writeString(
        folder.resolve(name + ".json"),
        new GsonBuilder()
                .setPrettyPrinting()
                .serializeSpecialFloatingPointValues()
                .create()
                .toJson(json)
            + "\n");
    Chart.write(rows, folder.resolve("images").resolve(name + ".png"));
  }

  private void head(String command, String how) {
    text.append("# Benchmarks\n\nWritten by the benchmark itself:\n\n```\n")
        .append(command)
        .append("\n```\n\n")
        .append(how)
        .append("\n\n| | |\n| --- | --- |\n");
    line("processor", machine.processor() + ", " + machine.processors() + " processors");
    line("memory", machine.memory());
    line("system", machine.system());
    line("Java", machine.jdk());
    line("libraries", machine.versions());
    line("commit", machine.commit());
    line("date", machine.date());
  }

  private void line(String name, String value) {
    text.append("| ").append(name).append(" | ").append(value).append(" |\n");
  }

  private void table(String title, Predicate<Row> which) {
    if (rows.stream().noneMatch(which)) {
      return;
    }
    text.append("\n## ")
        .append(title)
        .append(
            "\n\n| | batch | K | image | vqvae4j | peer | its layout | theirs | unit | ratio | lowest to"
                + " highest |\n| --- | ---: | ---: | ---: | ---: | --- | --- | ---: | --- | ---: |"
                + " ---: |\n");
    rows.stream()
        .filter(which)
        .forEach(
            row ->
                text.append(
                    String.format(
                        Locale.ROOT,
                        "| %s | %d | %d | %d | %s | %s | %s | %s | %s | %.3f | %.3f to %.3f |%n",
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
                        row.ratios().stream().mapToDouble(r -> r).max().orElseThrow())));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, value < 100 ? "%.2f" : "%,.0f", value);
  }

  /** Images a second as operations a second, where the model is the reference model. */
  private void arithmetic() {
    text.append(
        "\n## As arithmetic\n\nAt 264 MFLOP an image for training and 91 for reconstruction"
            + " (32x32, K = 512):\n\n| | batch | who | GFLOP/s |\n| --- | ---: | --- | ---: |\n");
    Set<String> written = new HashSet<>();
    for (Row row : rows) {
      double each =
          row.name().equals("training step")
              ? MEGAFLOP_TRAINING
              : row.name().equals("reconstruction") ? MEGAFLOP_RECONSTRUCTION : 0;
      if (each > 0
          && row.codebookSize() == Setting.CODEBOOK_SIZE
          && row.imageSize() == Setting.IMAGE_SIZE) {
        if (written.add(row.name() + row.batch())) {
          flops(row, "vqvae4j", row.ours() * each / 1e3);
        }
        flops(row, row.peer(), row.theirs() * each / 1e3);
      }
    }
  }

  private void flops(Row row, String who, double gigaflops) {
    text.append(
        String.format(
            Locale.ROOT, "| %s | %d | %s | %.0f |%n", row.name(), row.batch(), who, gigaflops));
  }
}
