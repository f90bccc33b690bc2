package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.TargetRow;
import io.github.vqvae4j.benchmarks.report.Trial;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;

/** Benchmarks with targets: contenders take turns, and the ratio of each round is recorded. */
abstract class TargetSuite {
  /** The maximum of a ratio whose higher values are better. */
  static final double NO_MAXIMUM = Double.POSITIVE_INFINITY;

  /** The number of variants of PyTorch that are measured after the trials. */
  private static final int FINALISTS = 2;

  /**
   * How the benchmarks are run.
   *
   * @param trialDurations the durations of the trials of PyTorch's variants
   * @param pytorch returns the variants of PyTorch to try; none if it is left out
   */
  record Setting(
      ProcessLauncher launcher,
      Durations durations,
      Durations trialDurations,
      Function<Workload, List<Contender>> pytorch,
      PrintStream progress) {}

  private final Setting setting;
  private final List<TargetRow> rows = new ArrayList<>();
  private final List<Trial> trials = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  TargetSuite(Setting setting) {
    this.setting = setting;
  }

  /** Returns a process of this library with default settings. */
  final Contender vqvae4j(Workload workload) {
    return Contender.vqvae4j(setting.launcher(), workload);
  }

  /** Runs all benchmarks of the page. */
  abstract void run() throws IOException;

  /** Returns the results. */
  final List<TargetRow> rows() {
    return List.copyOf(rows);
  }

  /** Returns the trials of PyTorch's variants. */
  final List<Trial> trials() {
    return List.copyOf(trials);
  }

  /** Returns the failed contenders with their workloads. */
  final List<String> failures() {
    return List.copyOf(failures);
  }

  /** Measures new processes in turn. */
  final Rotation<Contender> measureNewProcesses(
      String title, List<Contender> contenders, int runs) {
    Rotation<Contender> rotation = new Rotation<>(title, contenders, setting.progress());
    rotation.repeat(runs, contender -> turnOfNewProcess(contender, setting.durations()));
    failures.addAll(rotation.failures());
    return rotation;
  }

  /** Measures warmed-up processes that take turns. */
  final Rotation<Contender> measure(Workload workload, Contender contender, List<Contender> peers)
      throws IOException {
    List<Contender> all = new ArrayList<>(List.of(contender));
    all.addAll(peers);
    Rotation<Contender> rotation = new Rotation<>(workload.toString(), all, setting.progress());
    rotation.warm(each -> each.starter().start(), setting.durations());
    failures.addAll(rotation.failures());
    return rotation;
  }

  /** Tries PyTorch's variants, one after another, and returns the fastest. */
  final List<Contender> fastestPytorch(Workload workload) {
    Rotation<Contender> rotation =
        new Rotation<>(workload + ", trial", setting.pytorch().apply(workload), setting.progress());
    rotation.repeat(1, contender -> turnOfNewProcess(contender, setting.trialDurations()));
    failures.addAll(rotation.failures());
    Function<Contender, Double> speed =
        contender -> values(rotation, contender, Metric.IMAGES_PER_SECOND).get(0);
    List<Contender> sorted =
        rotation.contenders().stream().sorted(Comparator.comparing(speed).reversed()).toList();
    sorted.forEach(
        contender ->
            trials.add(new Trial(workload.toString(), contender.name(), speed.apply(contender))));
    return sorted.subList(0, Math.min(FINALISTS, sorted.size()));
  }

  private static ChildProcess.Outcome turnOfNewProcess(Contender contender, Durations durations)
      throws IOException {
    try (Running running = contender.starter().start()) {
      running.turn(durations.warmUp());
      return running.turn(durations.turn());
    }
  }

  /** Adds a row with the best of the peers that did not fail. */
  final void add(
      String name,
      Rotation<Contender> rotation,
      Contender contender,
      List<Contender> peers,
      Metric metric,
      double minRatio,
      double maxRatio) {
    Contender best = null;
    for (Contender peer : peers) {
      if (rotation.contenders().contains(peer)
          && (best == null
              || metric.isBetter(
                  Timer.median(values(rotation, peer, metric)),
                  Timer.median(values(rotation, best, metric))))) {
        best = peer;
      }
    }
    if (best != null && rotation.contenders().contains(contender)) {
      Comparison comparison =
          new Comparison(
              name,
              metric.unit(),
              values(rotation, contender, metric),
              values(rotation, best, metric),
              minRatio,
              maxRatio);
      add(comparison, best, comparison.limits());
    }
  }

  final void add(Comparison comparison, Contender peer, String target) {
    rows.add(
        new TargetRow(
            comparison.name(),
            Timer.median(comparison.current()),
            peer.name(),
            Timer.median(comparison.other()),
            comparison.unit(),
            comparison.ratio(),
            comparison.ratios(),
            target,
            comparison.passes()));
  }

  /** Returns a metric per round; of memory, whose peak only grows, the last value alone. */
  static List<Double> values(Rotation<Contender> rotation, Contender contender, Metric metric) {
    List<Double> values =
        rotation.outcomes(contender).stream()
            .map(outcome -> metric.of(outcome, contender.workload()))
            .toList();
    return metric == Metric.MEBIBYTES ? List.of(Collections.max(values)) : values;
  }
}
