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

/** Compares this version of the library with another one, in processes of their own. */
@Command(
    name = "versions",
    mixinStandardHelpOptions = true,
    description = "Compares the installed version of the library with another one.")
final class Versions {
  private static final double SLOWEST = 0.97;
  private static final double LARGEST = 1.05;
  private static final double DIFFERENCE = 0.02;

  /** The steps with a recorded figure in docs/fidelity.md, each a mean over the last 100. */
  private static final List<Integer> RECORDED = List.of(100, 500, 1_000, 2_000, 5_000, 10_000);

  private static final int WINDOW = 100;

  /** Of a pair of processes, in each round. */
  private static final int TURNS = 3;

  private static final List<Setting> SETTINGS =
      List.of(
          Setting.of(Task.TRAINING, 32),
          Setting.of(Task.TRAINING, 128),
          Setting.of(Task.RECONSTRUCTION, 1),
          Setting.of(Task.RECONSTRUCTION, 32),
          Setting.of(Task.RECONSTRUCTION, 128));

  @Spec private CommandSpec spec;

  @Option(names = "--against", paramLabel = "JAR", required = true, description = "The other one.")
  private Path jar;

  @Option(
      names = "--sources",
      paramLabel = "DIR",
      description =
          "benchmarks/src/main/java of the other version, where this one's does not compile with"
              + " its jar.")
  private Path sources;

  @Command(
      mixinStandardHelpOptions = true,
      description = "Speed and peak memory of both in turn, as in docs/benchmarks.md.")
  int speed(
      @Option(
              names = "--rounds",
              defaultValue = "5",
              description = "New pairs of processes, three turns of each.")
          int rounds,
      @Option(
              names = "--quick",
              description = "One short round, to see that it works; its figures fail nothing.")
          boolean quick)
      throws IOException {
    Path folder = folder();
    Contender ours = ours(folder);
    Contender other = other(folder);
    Lengths lengths = quick ? Lengths.quick() : Lengths.full(TURNS);
    Runner runner = new Runner(new Processes(folder), lengths);
    List<Comparison> speeds = new ArrayList<>();
    List<Comparison> peaks = new ArrayList<>();
    for (Setting setting : SETTINGS) {
      List<Rounds> pairs = new ArrayList<>();
      for (int round = 0; round < (quick ? 1 : rounds) && runner.failures().isEmpty(); round++) {
        pairs.add(runner.turns(setting, List.of(ours, other)));
      }
      if (runner.failures().isEmpty()) {
        String name = setting.task().text() + ", batch " + setting.batch();
        Quantity speed = Quantity.IMAGES_PER_SECOND;
        speeds.add(
            new Comparison(
                name,
                speed.unit(),
                each(pairs, pair -> Clock.median(pair.values(ours, speed))),
                each(pairs, pair -> Clock.median(pair.values(other, speed))),
                SLOWEST,
                Double.POSITIVE_INFINITY));
        Quantity peak = Quantity.MEBIBYTES;
        peaks.add(
            new Comparison(
                "peak resident memory, " + name,
                peak.unit(),
                each(pairs, pair -> Collections.max(pair.values(ours, peak))),
                each(pairs, pair -> Collections.max(pair.values(other, peak))),
                0,
                LARGEST));
      }
    }
    boolean passed = told(Stream.concat(speeds.stream(), peaks.stream()).toList());
    runner.failures().forEach(failure -> System.out.println("FAILED: " + failure));
    return ended(folder, runner.failures().isEmpty() && (quick || passed));
  }

  private static List<Double> each(List<Rounds> pairs, ToDoubleFunction<Rounds> figure) {
    return pairs.stream().mapToDouble(figure).boxed().toList();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "MSE / variance while training by the recipe sonnet-cifar10, the same seeds.")
  int fidelity(
      @Option(
              names = "--data",
              paramLabel = "DIR",
              description = "CIFAR-10's binary version. Without it: 256 images of blocks.")
          Path data,
      @Option(
              names = "--steps",
              defaultValue = "10000",
              description = "Training steps. Default: ${DEFAULT-VALUE}, as recorded.")
          int steps,
      @Option(
              names = "--seeds",
              split = ",",
              defaultValue = "1,2,3",
              description = "A run of each version for each. Default: ${DEFAULT-VALUE}.")
          List<Long> seeds)
      throws IOException {
    Path folder = folder();
    Contender ours = ours(folder);
    Contender other = other(folder);
    Processes processes = new Processes(folder);
    List<Comparison> comparisons = new ArrayList<>();
    for (long seed : seeds) {
      List<Double> ourErrors = curve(processes, ours, data, steps, seed);
      List<Double> theirErrors = curve(processes, other, data, steps, seed);
      Stream.concat(RECORDED.stream().filter(step -> step < steps), Stream.of(steps))
          .map(
              step ->
                  new Comparison(
                      "seed " + seed + ", step " + step,
                      "MSE/variance",
                      List.of(mean(ourErrors, step)),
                      List.of(mean(theirErrors, step)),
                      1 - DIFFERENCE,
                      1 + DIFFERENCE))
          .forEach(comparisons::add);
    }
    return ended(folder, told(comparisons));
  }

  private static List<Double> curve(
      Processes processes, Contender contender, Path data, int steps, long seed)
      throws IOException {
    List<String> arguments = new ArrayList<>(List.of("" + steps, "" + seed));
    if (data != null) {
      arguments.add(data.toString());
    }
    long begin = System.nanoTime();
    List<Double> errors =
        processes.figures(
            Curve.class, arguments, contender.environment(), processes.natives(Side.OURS));
    System.out.printf(
        "seed %d: %s, %d steps, %.0f s%n",
        seed, contender.name(), errors.size(), (System.nanoTime() - begin) / 1e9);
    return errors;
  }

  /** Over the steps until this one, at most {@link #WINDOW}. */
  private static double mean(List<Double> errors, int step) {
    return errors.subList(Math.max(0, step - WINDOW), step).stream()
        .mapToDouble(error -> error)
        .average()
        .orElseThrow();
  }

  private Path folder() throws IOException {
    if (!Files.isRegularFile(jar)) {
      throw new ParameterException(spec.commandLine(), "--against: no such file: " + jar);
    }
    return Files.createTempDirectory("versions");
  }

  private static Contender ours(Path folder) throws IOException {
    return Version.of("this version", Version.installed(), null, folder);
  }

  private Contender other(Path folder) throws IOException {
    return Version.of("other version", jar, sources, folder);
  }

  private static boolean told(List<Comparison> comparisons) {
    System.out.println("\n" + Comparison.HEAD);
    comparisons.forEach(System.out::println);
    return comparisons.stream().allMatch(Comparison::passes);
  }

  private static int ended(Path folder, boolean passed) throws IOException {
    if (passed) {
      Main.delete(folder);
    } else {
      System.out.println("What the processes logged: " + folder);
    }
    return passed ? 0 : 1;
  }
}
