package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The results of several configurations on one workload, measured in rounds. The order rotates by
 * one position per round (A B C, B C A, ..), so that none of them always runs first. A
 * configuration that fails once is excluded.
 */
final class Rounds {
  private record Key(Configuration configuration, Backend backend) {
    @Override
    public String toString() {
      return configuration.name() + " (" + backend.layout() + ")";
    }
  }

  private interface Benchmark {
    ChildProcess.Outcome run(Key key) throws IOException;
  }

  private final Workload workload;
  private final PrintStream progress;
  private final Map<Key, List<ChildProcess.Outcome>> outcomes = new LinkedHashMap<>();
  private final List<String> failures = new ArrayList<>();

  private Rounds(Workload workload, List<Configuration> configurations, PrintStream progress) {
    this.workload = workload;
    this.progress = progress;
    for (Configuration configuration : configurations) {
      for (Backend backend : configuration.backends()) {
        outcomes.put(new Key(configuration, backend), new ArrayList<>());
      }
    }
  }

  /** Measures processes that are warmed up first and then take one turn per round. */
  static Rounds warm(
      ProcessLauncher launcher,
      Workload workload,
      List<Configuration> configurations,
      Durations durations,
      PrintStream progress)
      throws IOException {
    Rounds rounds = new Rounds(workload, configurations, progress);
    Map<Key, ChildProcess> running = new HashMap<>();
    try {
      rounds.runAll(
          "warm-up",
          0,
          key -> {
            Path natives = launcher.natives(key.backend());
            running.put(key, launcher.child(key.configuration(), key.backend(), workload, natives));
            return running.get(key).turn(durations.warmUp());
          });
      rounds.outcomes.values().forEach(List::clear);
      rounds.repeat(durations.rounds(), key -> running.get(key).turn(durations.turn()));
    } finally {
      for (ChildProcess process : running.values()) {
        process.close();
      }
    }
    return rounds;
  }

  /**
   * Measures the first repetition of a new process in each round.
   *
   * @param extractNatives whether each process has to extract its native libraries
   */
  static Rounds startups(
      ProcessLauncher launcher,
      Workload workload,
      List<Configuration> configurations,
      Durations durations,
      boolean extractNatives,
      PrintStream progress)
      throws IOException {
    Rounds rounds = new Rounds(workload, configurations, progress);
    rounds.repeat(
        durations.rounds(),
        key -> {
          Path natives =
              extractNatives
                  ? Files.createTempDirectory("natives")
                  : launcher.natives(key.backend());
          try (ChildProcess process =
              launcher.child(key.configuration(), key.backend(), workload, natives)) {
            return process.first();
          } finally {
            if (extractNatives) {
              Main.delete(natives);
            }
          }
        });
    return rounds;
  }

  private void repeat(int times, Benchmark benchmark) {
    for (int round = 0; round < times; round++) {
      runAll("round " + (round + 1), round, benchmark);
    }
  }

  /** Runs every configuration once, starting with the given index. */
  private void runAll(String name, int firstIndex, Benchmark benchmark) {
    List<Key> order = new ArrayList<>(outcomes.keySet());
    Collections.rotate(order, -firstIndex);
    for (Key key : order) {
      String message;
      try {
        ChildProcess.Outcome outcome = benchmark.run(key);
        outcomes.get(key).add(outcome);
        message = outcome.toString();
      } catch (IOException e) {
        outcomes.remove(key);
        failures.add(key + ": " + workload);
        message = "failed: " + e.getMessage();
      }
      progress.printf("%s, %s: %s %s%n", workload, name, key, message);
    }
  }

  /** Returns the failed configurations with their workload. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  /** Returns one row for each of the given baselines that was measured here. */
  List<Row> rows(String name, Metric metric, List<Configuration> baselines) {
    Key vqvae4j = new Key(Configuration.VQVAE4J, Backend.OURS);
    Map<Configuration, Row> best = new LinkedHashMap<>();
    for (Key key : outcomes.keySet()) {
      if (baselines.contains(key.configuration()) && outcomes.containsKey(vqvae4j)) {
        Row row = row(name, metric, values(vqvae4j, metric), key);
        Row previous = best.get(key.configuration());
        if (previous == null || metric.isBetter(row.baselineValue(), previous.baselineValue())) {
          best.put(key.configuration(), row);
        }
      }
    }
    return List.copyOf(best.values());
  }

  private Row row(String name, Metric metric, List<Double> values, Key baseline) {
    List<Double> baselineValues = values(baseline, metric);
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < values.size(); i++) {
      ratios.add(values.get(i) / baselineValues.get(i));
    }
    return new Row(
        name,
        workload.batch(),
        workload.codebookSize(),
        workload.imageSize(),
        Timer.median(values),
        baseline.configuration().name(),
        baseline.backend().layout(),
        Timer.median(baselineValues),
        Timer.median(ratios),
        metric.unit(),
        ratios,
        FlopCount.megaflops(workload));
  }

  /** Returns a metric per round of a configuration with a single backend that did not fail. */
  List<Double> values(Configuration configuration, Metric metric) {
    return values(new Key(configuration, configuration.backends().get(0)), metric);
  }

  private List<Double> values(Key key, Metric metric) {
    return outcomes.get(key).stream().map(outcome -> metric.of(outcome, workload)).toList();
  }
}
