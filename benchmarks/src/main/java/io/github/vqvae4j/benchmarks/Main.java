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
    subcommands = Versions.class,
    description = "Measures vqvae4j beside libtorch, in turn, in processes of their own.")
public final class Main implements Callable<Integer> {
  private static final String COMMAND = "mvn -q install -Pquick && mvn -q -f benchmarks";

  @Option(
      names = "--rounds",
      description = "Turns of each process, and starts. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

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
    Lengths lengths =
        quick ? Lengths.quick() : scaling ? Lengths.growth(rounds) : Lengths.full(rounds);
    // Before anything is written, so that a page does not count as a change.
    Machine machine = Machine.here();
    Path folder = Files.createTempDirectory("benchmarks");
    Processes processes = new Processes(folder);
    String check = PeerCheck.run(processes);
    System.out.println(check);
    Runner runner = new Runner(processes, lengths);
    List<Section> sections = scaling ? Scaling.run(runner) : Suite.run(runner);
    String how = how(lengths, check, (System.nanoTime() - begin) / 60e9);
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

  private String how(Lengths lengths, String check, double minutes) {
    return String.format(
        Locale.ROOT,
        "The model is `sonnet-cifar10`. The processes of a setting run side by side, warm up one"
            + " after another for %.1f s each, and then take %d turn%s of %.1f s, in turn (A B C,"
            + " B C A, ..), while the others wait. A number is the median of the turns' medians;"
            + " `ratio` is the median of ours / theirs of the same round: above 1 is faster in"
            + " images/s, below 1 is faster or less in ms, s and MiB. Of libtorch's layouts the"
            + " better one counts, row by row. `libtorch-tuned` has OPENBLAS_THREAD_TIMEOUT=4 in"
            + " its environment; ours has no variable set. %s%s The whole run took %.0f minutes.",
        lengths.warmUp(),
        lengths.rounds(),
        lengths.rounds() == 1 ? "" : "s",
        lengths.turn(),
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
