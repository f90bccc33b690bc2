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
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures how well the library uses all cores and writes a page with the results. */
@Command(
    name = "cores",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Compares vqvae4j on all cores with one-threaded processes that share the batch, with PyTorch"
          + " and with itself under other conditions.",
      "PyTorch needs a Python with the package torch, and a C++ compiler for torch.compile."
    })
final class Cores implements Callable<Integer> {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int SPREAD_RUNS = 10;
  private static final int QUICK_SPREAD_RUNS = 2;

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

  @Override
  public Integer call() throws IOException {
    long start = System.nanoTime();
    Durations durations = quick ? Durations.quick() : Durations.full(rounds);
    Durations trialDurations = quick ? Durations.quick() : Durations.trial();
    int spreadRuns = quick ? QUICK_SPREAD_RUNS : SPREAD_RUNS;
    // Before writing the page, which would count as a change of the working tree.
    Machine machine = Machine.current();
    Path folder = Files.createTempDirectory("cores");
    ProcessLauncher launcher = new ProcessLauncher(folder);
    Optional<PyTorch> pytorch = PyTorch.find(launcher, python, CORES, quick);
    String peer = pytorch.isEmpty() ? leftOut() : describe(launcher, pytorch.get(), trialDurations);
    System.out.println(peer);
    CoresSuite suite =
        new CoresSuite(
            launcher,
            durations,
            trialDurations,
            spreadRuns,
            workload -> pytorch.map(found -> found.contenders(workload)).orElse(List.of()),
            System.out);
    suite.run();
    String method = method(durations, peer, (System.nanoTime() - start) / 60e9);
    new TargetPage(machine, suite.rows(), suite.trials(), suite.failures())
        .write(output, "benchmarks-cores", "Benchmarks of all cores", command(), method);
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

  private static String describe(ProcessLauncher launcher, PyTorch pytorch, Durations trial)
      throws IOException {
    return String.format(
        Locale.ROOT,
        "%s For each workload, its variants are tried for %.1f s each after %.1f s of warm-up; the"
            + " two fastest take turns with the others, and the better counts. %s",
        pytorch.description(),
        trial.turn(),
        trial.warmUp(),
        EquivalenceCheck.pytorch(launcher, pytorch));
  }

  private String command() {
    return Main.COMMAND + " -Dargs=\"cores" + (quick ? " --quick" : " --rounds " + rounds) + "\"";
  }

  private String method(Durations durations, String peer, double minutes) {
    return String.format(
        Locale.ROOT,
        "%sThe model is `sonnet-cifar10`. For each line, every contender starts a process. The"
            + " processes warm up one after another for %.1f s each and then take %d turn%s of"
            + " %.1f s in rotating order (A B C, B C A, ..), while the others wait. A value is the"
            + " median of the turns' medians, `ratio` the median over the rounds of vqvae4j's value"
            + " divided by the peer's. No environment variables are set for vqvae4j, nor for"
            + " PyTorch. `limit` is what the machine can do without sharing anything: %d one-threaded"
            + " processes of this library, started by the same signal, that share the batch; their"
            + " images/s add up. The time of their step is that of the whole batch. Spread is the"
            + " highest divided by the lowest median of new processes in turn. The busy process"
            + " multiplies in a loop on one thread. The callers of `encode` use one model; K is the"
            + " size of the codebook. Memory is the peak at the end, beside that of `libtorch-tuned`"
            + " in the layout that needs less. %s The whole run took %.0f minutes.",
        quick ? "**A smoke test, whose values mean nothing.** " : "",
        durations.warmUp(),
        durations.rounds(),
        durations.rounds() == 1 ? "" : "s",
        durations.turn(),
        CORES,
        peer,
        minutes);
  }
}
