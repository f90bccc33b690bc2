package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Machine;
import io.github.vqvae4j.benchmarks.report.Page;
import io.github.vqvae4j.benchmarks.report.Row;
import io.github.vqvae4j.benchmarks.report.ScalingChart;
import io.github.vqvae4j.benchmarks.report.Section;
import io.github.vqvae4j.benchmarks.report.ThroughputChart;
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

/** Runs the benchmarks and writes a page with the results. */
@Command(
    name = "benchmarks",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    subcommands = {
      Cores.class,
      Pieces.class,
      Priors.class,
      PriorLoss.class,
      Serving.class,
      Versions.class
    },
    description = "Compares vqvae4j with libtorch in separate processes that take turns.")
public final class Main implements Callable<Integer> {
  /** The command that runs the benchmarks without options. */
  static final String COMMAND = "./mvnw -q install -Pquick && ./mvnw -q -f benchmarks";

  @Option(
      names = "--rounds",
      description = "Number of turns and of starts per configuration. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--quick", description = "Run one short round as a smoke test.")
  private boolean quick;

  @Option(
      names = "--scaling",
      description = "Measure only the scaling with batch, codebook and image size.")
  private boolean scaling;

  @Option(names = "--output", description = "Output folder of the page. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("docs");

  private Main() {}

  /**
   * Runs the benchmarks.
   *
   * @param args the command line; {@code --help} lists the options
   */
  public static void main(String[] args) {
    System.exit(new CommandLine(new Main()).execute(args));
  }

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Durations durations =
        quick ? Durations.quick() : scaling ? Durations.scaling(rounds) : Durations.full(rounds);
    // Before writing the page, which would count as a change of the working tree.
    Machine machine = Machine.current();
    Path folder = Files.createTempDirectory("benchmarks");
    ProcessLauncher launcher = new ProcessLauncher(folder);
    String check = EquivalenceCheck.libtorch(launcher);
    System.out.println(check);
    Runner runner = new Runner(launcher, durations);
    List<Section> sections = scaling ? Scaling.run(runner) : Suite.run(runner);
    String method = method(durations, check, (System.nanoTime() - start) / 60e9);
    String name = scaling ? "benchmarks-scaling" : "benchmarks";
    new Page(machine, sections, runner.failures()).write(output, name, command(), method);
    writeChart(sections, output.resolve("images").resolve(name + ".png"));
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

  private String method(Durations durations, String check, double minutes) {
    return String.format(
        Locale.ROOT,
        "The model is `sonnet-cifar10`. For each workload, every configuration starts a process."
            + " The processes warm up one after another for %.1f s each and then take %d turn%s of"
            + " %.1f s in rotating order (A B C, B C A, ..), while the others wait. Each value is"
            + " the median of the turns' medians. `ratio` is the median over the rounds of"
            + " vqvae4j's value divided by the baseline's: above 1, vqvae4j has the higher"
            + " throughput in images/s; below 1, it needs less time (ms, s) or memory (MiB). Each"
            + " row uses the tensor layout with which libtorch performs better. `libtorch-tuned`"
            + " sets OPENBLAS_THREAD_TIMEOUT=4; no environment variables are set for vqvae4j."
            + " %s%s The whole run took %.0f minutes.",
        durations.warmUp(),
        durations.rounds(),
        durations.rounds() == 1 ? "" : "s",
        durations.turn(),
        scaling ? "" : Suite.NOTES,
        check,
        minutes);
  }

  private void writeChart(List<Section> sections, Path file) throws IOException {
    if (scaling) {
      new ScalingChart()
          .add(sections.get(0), Row::batch)
          .add(sections.get(1), Row::codebookSize)
          .add(sections.get(2), Row::imageSize)
          .write(file);
    } else {
      ThroughputChart.write(
          sections.stream().flatMap(section -> section.rows().stream()).toList(), file);
    }
  }

  /** Deletes a folder recursively. */
  static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
