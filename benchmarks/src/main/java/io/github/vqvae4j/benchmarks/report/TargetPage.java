package io.github.vqvae4j.benchmarks.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A page of results with targets, written as {@code <name>.md} and {@code <name>.json}.
 *
 * @param machine the machine of the run
 * @param rows the results
 * @param trials the trials of variants of a peer
 * @param failures the failed configurations with their workloads
 */
public record TargetPage(
    Machine machine, List<TargetRow> rows, List<Trial> trials, List<String> failures) {
  /**
   * Writes the page.
   *
   * @param folder the output folder
   * @param name the name of the files without extension
   * @param title the heading
   * @param command the command that generates the page
   * @param method a description of the measurements
   * @throws IOException if a file cannot be written
   */
  public void write(Path folder, String name, String title, String command, String method)
      throws IOException {
    Files.createDirectories(folder);
    StringBuilder text = new StringBuilder(machine.header(title, command, method));
    text.append("\n## Targets\n\n")
        .append("| | vqvae4j | peer | peer's value | unit | ratio | min to max | target | |\n")
        .append("| --- | ---: | --- | ---: | --- | ---: | ---: | --- | --- |\n");
    rows.forEach(row -> text.append(line(row)));
    if (!trials.isEmpty()) {
      text.append("\n## Trials of PyTorch's variants\n\n")
          .append("| | variant | images/s |\n| --- | --- | ---: |\n");
      trials.forEach(trial -> text.append(line(trial)));
    }
    if (!failures.isEmpty()) {
      text.append("\n## Failed and excluded\n\n");
      failures.forEach(failure -> text.append("- ").append(failure).append('\n'));
    }
    Files.writeString(folder.resolve(name + ".md"), text);
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("machine", machine);
    json.put("rows", rows);
    json.put("trials", trials);
    json.put("failures", failures);
    JsonFile.write(folder.resolve(name + ".json"), json);
  }

  private static String line(TargetRow row) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %s | %s | %s | %.3f | %.3f to %.3f | %s | %s |\n",
        row.name(),
        Page.format(row.value()),
        row.peer(),
        Page.format(row.peerValue()),
        row.unit(),
        row.ratio(),
        row.ratios().stream().mapToDouble(ratio -> ratio).min().orElseThrow(),
        row.ratios().stream().mapToDouble(ratio -> ratio).max().orElseThrow(),
        row.target(),
        row.reached() ? "reached" : "**missed**");
  }

  private static String line(Trial trial) {
    return String.format(
        "| %s | %s | %s |\n",
        trial.workload(), trial.variant(), Page.format(trial.imagesPerSecond()));
  }
}
