package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Machine;
import io.github.vqvae4j.benchmarks.report.TargetPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Base class of commands that run benchmarks with targets and write a page with the results. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract class TargetCommand implements Callable<Integer> {
  /** The number of cores. */
  static final int CORES = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--rounds",
      description = "Number of turns per configuration. Default: ${DEFAULT-VALUE}.")
  private int rounds = 5;

  @Option(names = "--quick", description = "Run one short round as a smoke test.")
  private boolean quick;

  @Option(
      names = "--python",
      paramLabel = "COMMAND",
      defaultValue = "${env:VQVAE4J_PYTHON:-python3}",
      description =
          "Python with the package torch. Default: environment variable VQVAE4J_PYTHON, or python3.")
  private String python;

  @Option(names = "--output", description = "Output folder of the page. Default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("docs");

  /** Returns the name of the command. */
  abstract String name();

  /** Returns the heading of the page. */
  abstract String title();

  /** Returns the benchmarks. */
  abstract TargetSuite suite(TargetSuite.Setting setting, boolean isQuick);

  /** Checks that the variants of PyTorch compute the same, and returns the result as a sentence. */
  abstract String check(ProcessLauncher launcher, PyTorch pytorch) throws IOException;

  /** Returns what is measured and how, as sentences; the general method is described before. */
  abstract String description();

  @Override
  public final Integer call() throws IOException {
    long start = System.nanoTime();
    Durations durations = quick ? Durations.quick() : Durations.full(rounds);
    Durations trialDurations = quick ? Durations.quick() : Durations.trial();
    // Before writing the page, which would count as a change of the working tree.
    Machine machine = Machine.current();
    Path folder = Files.createTempDirectory(name());
    ProcessLauncher launcher = new ProcessLauncher(folder);
    Optional<PyTorch> pytorch = PyTorch.find(launcher, python, CORES, quick);
    String peer = pytorch.isEmpty() ? leftOut() : describe(launcher, pytorch.get(), trialDurations);
    System.out.println(peer);
    Function<Workload, List<Contender>> contenders =
        workload -> pytorch.map(found -> found.contenders(workload)).orElse(List.of());
    TargetSuite suite =
        suite(
            new TargetSuite.Setting(launcher, durations, trialDurations, contenders, System.out),
            quick);
    suite.run();
    String method = method(durations, peer, (System.nanoTime() - start) / 60e9);
    new TargetPage(machine, suite.rows(), suite.trials(), suite.failures())
        .write(output, "benchmarks-" + name(), title(), command(), method);
    if (!suite.failures().isEmpty()) {
      System.out.println("Log of the processes: " + folder);
      return 1;
    }
    Main.delete(folder);
    return 0;
  }

  private String leftOut() {
    return String.format(
        "**`%s` is left out**: `%s` does not run, or has no package `torch`.",
        PyTorch.NAME, python);
  }

  private String describe(ProcessLauncher launcher, PyTorch pytorch, Durations trial)
      throws IOException {
    return String.format(
        Locale.ROOT,
        "%s For each workload, its variants are tried for %.1f s each after %.1f s of warm-up; the"
            + " two fastest take turns with the others, and the better counts. %s",
        pytorch.description(),
        trial.turn(),
        trial.warmUp(),
        check(launcher, pytorch));
  }

  private String command() {
    String options = quick ? " --quick" : " --rounds " + rounds;
    return Main.COMMAND + " -Dargs=\"" + name() + options + "\"";
  }

  private String method(Durations durations, String peer, double minutes) {
    return String.format(
        Locale.ROOT,
        "%sFor each line, every contender starts a process. The processes warm up one after another"
            + " for %.1f s each and then take %d turn%s of %.1f s in rotating order (A B C, B C A,"
            + " ..), while the others wait. A value is the median of the turns' medians, `ratio` the"
            + " median over the rounds of vqvae4j's value divided by the peer's. No environment"
            + " variables are set for vqvae4j, nor for PyTorch. %s %s The whole run took %.0f"
            + " minutes.",
        quick ? "**A smoke test, whose values mean nothing.** " : "",
        durations.warmUp(),
        durations.rounds(),
        durations.rounds() == 1 ? "" : "s",
        durations.turn(),
        description(),
        peer,
        minutes);
  }
}
