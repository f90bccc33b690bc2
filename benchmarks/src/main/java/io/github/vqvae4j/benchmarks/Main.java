package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Chart;
import io.github.vqvae4j.benchmarks.report.GrowthChart;
import io.github.vqvae4j.benchmarks.report.Machine;
import io.github.vqvae4j.benchmarks.report.Page;
import io.github.vqvae4j.benchmarks.report.Row;
import io.github.vqvae4j.benchmarks.report.Section;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs everything and writes the page. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = "Measures vqvae4j beside libtorch, in turn, in processes of their own.")
public final class Main implements Callable<Integer> {
  private static final String COMMAND = "mvn -q install -Pquick && mvn -q -f benchmarks";

  @Option(names = "--rounds", description = "Processes of each kind. Default: ${DEFAULT-VALUE}.")
  private int rounds = 3;

  @Option(names = "--quick", description = "One short round, to see that it works.")
  private boolean quick;

  @Option(
      names = "--scaling",
      description = "How time grows with batch, codebook and image size, instead of the rest.")
  private boolean scaling;

  @Option(names = "--output", description = "Folder of the page. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("docs");

  private Main() {}

  /**
   * Runs the benchmark.
   *
   * @param args {@code --help} lists them
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    long begin = System.nanoTime();
    // Time grows by factors, so shorter looks are enough there.
    double seconds = quick ? 0.2 : scaling ? 2 : 3;
    rounds = quick ? 1 : rounds;
    // Before anything is written, so that a page does not count as a change.
    Machine machine = Machine.here();
    Path folder = Files.createTempDirectory("benchmarks");
    ChildProcess processes = new ChildProcess(seconds, seconds, folder);
    String check = PeerCheck.run(processes);
    System.out.println(check);
    Runner runner = new Runner(processes, rounds);
    List<Section> sections = scaling ? Scaling.run(runner) : Suite.run(runner);
    String how = how(seconds, check, (System.nanoTime() - begin) / 60e9);
    String name = scaling ? "benchmarks-scaling" : "benchmarks";
    new Page(machine, sections, runner.failures()).write(output, name, command(), how);
    chart(sections, output.resolve("images").resolve(name + ".png"));
    if (!runner.failures().isEmpty()) {
      return 1;
    }
    delete(folder);
    return 0;
  }

  private String command() {
    String options = (quick ? " --quick" : " --rounds " + rounds) + (scaling ? " --scaling" : "");
    return COMMAND + " -Dargs=\"" + options.strip() + "\"";
  }

  private String how(double seconds, String check, double minutes) {
    return String.format(
        Locale.ROOT,
        "The model is `sonnet-cifar10`. Each number is the median of %d round%s, a process each, one"
            + " after another in turn (A B C, B C A, ..); each process warms up for %.1f s, then"
            + " takes the median repetition of %.1f s. `ratio` is the median of ours / theirs in"
            + " the same round: above 1 is faster in images/s, below 1 is faster or less in ms, s"
            + " and MiB. Of libtorch's layouts the better one counts, row by row. `libtorch-tuned`"
            + " has OPENBLAS_THREAD_TIMEOUT=4 in its environment; ours has no variable set. %s%s"
            + " The whole run took %.0f minutes.",
        rounds,
        rounds == 1 ? "" : "s",
        seconds,
        seconds,
        scaling ? "" : Suite.HOW,
        check,
        minutes);
  }

  private void chart(List<Section> sections, Path file) throws IOException {
    if (scaling) {
      new GrowthChart()
          .add(sections.get(0), Row::batch)
          .add(sections.get(1), Row::codebookSize)
          .add(sections.get(2), Row::imageSize)
          .write(file);
    } else {
      Chart.write(sections.stream().flatMap(section -> section.rows().stream()).toList(), file);
    }
  }

  /** Deletes a folder with all that is in it. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
