package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Compares this version of the library with another version in separate processes. */
@Command(
    name = "versions",
    mixinStandardHelpOptions = true,
    description = "Compares the installed version of the library with another version.")
final class Versions {
  private static final double MIN_SPEED_RATIO = 0.97;
  private static final double MIN_ONE_THREAD_SPEED_RATIO = 0.98;
  private static final double MAX_MEMORY_RATIO = 1.05;
  private static final double ERROR_TOLERANCE = 0.02;

  /** The steps with results in docs/fidelity.md, each a mean over the last 100 steps. */
  private static final List<Integer> RECORDED_STEPS =
      List.of(100, 500, 1_000, 2_000, 5_000, 10_000);

  private static final int AVERAGED_STEPS = 100;

  /** The number of turns of each process in a round. */
  private static final int TURNS = 3;

  private static final List<Workload> WORKLOADS =
      List.of(
          Workload.of(Task.TRAINING, 32),
          Workload.of(Task.TRAINING, 128),
          Workload.of(Task.RECONSTRUCTION, 1),
          Workload.of(Task.RECONSTRUCTION, 32),
          Workload.of(Task.RECONSTRUCTION, 128));

  @Spec private CommandSpec spec;

  @Option(
      names = "--against",
      paramLabel = "JAR",
      required = true,
      description = "Jar of the other version.")
  private Path jar;

  @Option(
      names = "--sources",
      paramLabel = "DIR",
      description =
          "benchmarks/src/main/java of the other version, needed if this version's benchmarks do"
              + " not compile with its jar.")
  private Path sources;

  @Command(
      mixinStandardHelpOptions = true,
      description = "Compares throughput and peak memory, in turns as in docs/benchmarks.md.")
  int speed(
      @Option(
              names = "--rounds",
              defaultValue = "5",
              description =
                  "Number of rounds with new processes of three turns. Default: ${DEFAULT-VALUE}.")
          int rounds,
      @Option(
              names = "--quick",
              description = "Run one short round as a smoke test and ignore the limits.")
          boolean quick,
      @Option(names = "--one-thread", description = "Limit both versions to one thread.")
          boolean oneThread)
      throws IOException {
    Path folder = folder();
    Configuration current = oneThread ? current(folder).oneThread() : current(folder);
    Configuration other = oneThread ? other(folder).oneThread() : other(folder);
    Durations durations = quick ? Durations.quick() : Durations.full(TURNS);
    Runner runner = new Runner(new ProcessLauncher(folder), durations);
    List<Comparison> speeds = new ArrayList<>();
    List<Comparison> peaks = new ArrayList<>();
    for (Workload workload : WORKLOADS) {
      List<Rounds> results = new ArrayList<>();
      for (int round = 0; round < (quick ? 1 : rounds) && runner.failures().isEmpty(); round++) {
        results.add(runner.warm(workload, List.of(current, other)));
      }
      if (runner.failures().isEmpty()) {
        String name = workload.task().text() + ", batch " + workload.batch();
        Metric speed = Metric.IMAGES_PER_SECOND;
        speeds.add(
            new Comparison(
                name,
                speed.unit(),
                perRound(results, result -> Timer.median(result.values(current, speed))),
                perRound(results, result -> Timer.median(result.values(other, speed))),
                oneThread ? MIN_ONE_THREAD_SPEED_RATIO : MIN_SPEED_RATIO,
                Double.POSITIVE_INFINITY));
        Metric peak = Metric.MEBIBYTES;
        peaks.add(
            new Comparison(
                "peak resident memory, " + name,
                peak.unit(),
                perRound(results, result -> Collections.max(result.values(current, peak))),
                perRound(results, result -> Collections.max(result.values(other, peak))),
                0,
                MAX_MEMORY_RATIO));
      }
    }
    boolean passed = report(Stream.concat(speeds.stream(), peaks.stream()).toList());
    runner.failures().forEach(failure -> System.out.println("FAILED: " + failure));
    return finish(folder, runner.failures().isEmpty() && (quick || passed));
  }

  private static List<Double> perRound(List<Rounds> rounds, ToDoubleFunction<Rounds> metric) {
    return rounds.stream().mapToDouble(metric).boxed().toList();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Compares the normalized MSE during training with the recipe sonnet-cifar10.")
  int fidelity(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description =
                  "Folder with the binary version of CIFAR-10. Default: synthetic images.")
          Path data,
      @Option(
              names = "--steps",
              defaultValue = "10000",
              description = "Number of training steps. Default: ${DEFAULT-VALUE}.")
          int steps,
      @Option(
              names = "--seeds",
              split = ",",
              defaultValue = "1,2,3",
              description = "Seeds; each version trains once per seed. Default: ${DEFAULT-VALUE}.")
          List<Long> seeds)
      throws IOException {
    Path folder = folder();
    Configuration current = current(folder);
    Configuration other = other(folder);
    ProcessLauncher launcher = new ProcessLauncher(folder);
    List<Comparison> comparisons = new ArrayList<>();
    for (long seed : seeds) {
      List<Double> currentErrors = curve(launcher, current, data, steps, seed);
      List<Double> otherErrors = curve(launcher, other, data, steps, seed);
      Stream.concat(RECORDED_STEPS.stream().filter(step -> step < steps), Stream.of(steps))
          .map(
              step ->
                  new Comparison(
                      "seed " + seed + ", step " + step,
                      "normalized MSE",
                      List.of(mean(currentErrors, step)),
                      List.of(mean(otherErrors, step)),
                      1 - ERROR_TOLERANCE,
                      1 + ERROR_TOLERANCE))
          .forEach(comparisons::add);
    }
    return finish(folder, report(comparisons));
  }

  private static List<Double> curve(
      ProcessLauncher launcher, Configuration configuration, Path data, int steps, long seed)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("" + steps, "" + seed));
    if (data != null) {
      arguments.add(data.toString());
    }
    long start = System.nanoTime();
    List<Double> errors =
        launcher.values(
            Curve.class, arguments, configuration.environment(), launcher.natives(Backend.OURS));
    System.out.printf(
        "seed %d: %s, %d steps, %.0f s%n",
        seed, configuration.name(), errors.size(), (System.nanoTime() - start) / 1e9);
    return errors;
  }

  /** Returns the mean of the last {@link #AVERAGED_STEPS} errors up to the given step. */
  private static double mean(List<Double> errors, int step) {
    return errors.subList(Math.max(0, step - AVERAGED_STEPS), step).stream()
        .mapToDouble(error -> error)
        .average()
        .orElseThrow();
  }

  private Path folder() throws IOException {
    if (!Files.isRegularFile(jar)) {
      throw new ParameterException(
          spec.commandLine(), "--against: expected a jar file, got " + jar + ".");
    }
    return Files.createTempDirectory("versions");
  }

  private static Configuration current(Path folder) throws IOException {
    return VersionCompiler.compile("this version", VersionCompiler.installed(), null, folder);
  }

  private Configuration other(Path folder) throws IOException {
    return VersionCompiler.compile("other version", jar, sources, folder);
  }

  private static boolean report(List<Comparison> comparisons) {
    System.out.println("\n" + Comparison.HEADER);
    comparisons.forEach(System.out::println);
    return comparisons.stream().allMatch(Comparison::passes);
  }

  private static int finish(Path folder, boolean passed) throws IOException {
    if (passed) {
      Main.delete(folder);
    } else {
      System.out.println("Log of the processes: " + folder);
    }
    return passed ? 0 : 1;
  }
}
