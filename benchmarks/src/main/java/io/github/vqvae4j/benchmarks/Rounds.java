package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The results of several configurations on one workload, measured in rotation. */
final class Rounds {
  private record Key(Configuration configuration, Backend backend) {
    @Override
    public String toString() {
      return configuration.name() + " (" + backend.layout() + ")";
    }
  }

  private final Workload workload;
  private final Rotation<Key> rotation;

  private Rounds(Workload workload, List<Configuration> configurations, PrintStream progress) {
    this.workload = workload;
    List<Key> keys = new ArrayList<>();
    for (Configuration configuration : configurations) {
      for (Backend backend : configuration.backends()) {
        keys.add(new Key(configuration, backend));
      }
    }
    rotation = new Rotation<>(workload.toString(), keys, progress);
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
    rounds.rotation.warm(
        key ->
            launcher.child(
                key.configuration(), key.backend(), workload, launcher.natives(key.backend())),
        durations);
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
    rounds.rotation.repeat(
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

  /** Returns the failed configurations with their workload. */
  List<String> failures() {
    return rotation.failures();
  }

  /** Returns one row for each of the given baselines that was measured here. */
  List<Row> rows(String name, Metric metric, List<Configuration> baselines) {
    Key vqvae4j = new Key(Configuration.VQVAE4J, Backend.OURS);
    Map<Configuration, Row> best = new LinkedHashMap<>();
    for (Key key : rotation.contenders()) {
      if (baselines.contains(key.configuration()) && rotation.contenders().contains(vqvae4j)) {
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
    return rotation.outcomes(key).stream().map(outcome -> metric.of(outcome, workload)).toList();
  }
}
