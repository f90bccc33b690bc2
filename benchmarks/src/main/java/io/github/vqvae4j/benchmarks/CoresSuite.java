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

/** The benchmarks of docs/benchmarks-cores.md. */
final class CoresSuite {
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  /** The number of variants of PyTorch that are measured after the trials. */
  private static final int FINALISTS = 2;

  private static final int LARGE_CODEBOOK = 16_384;
  private static final double MAX_SPREAD = 1.15;
  private static final double NO_MAXIMUM = Double.POSITIVE_INFINITY;

  private final ProcessLauncher launcher;
  private final Durations durations;
  private final Durations trialDurations;
  private final int spreadRuns;
  private final Function<Workload, List<Contender>> pytorch;
  private final PrintStream progress;
  private final List<TargetRow> rows = new ArrayList<>();
  private final List<Trial> trials = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();

  /**
   * Creates a suite.
   *
   * @param spreadRuns the number of processes whose medians are compared
   * @param pytorch returns the variants of PyTorch to try; none if it is left out
   */
  CoresSuite(
      ProcessLauncher launcher,
      Durations durations,
      Durations trialDurations,
      int spreadRuns,
      Function<Workload, List<Contender>> pytorch,
      PrintStream progress) {
    this.launcher = launcher;
    this.durations = durations;
    this.trialDurations = trialDurations;
    this.spreadRuns = spreadRuns;
    this.pytorch = pytorch;
    this.progress = progress;
  }

  /** Runs all benchmarks of the page. */
  void run() throws IOException {
    measureThroughput(Workload.of(Task.TRAINING, 32), 0.95, 1.8);
    measureThroughput(Workload.of(Task.TRAINING, 128), 0.95, 1.7);
    measureThroughput(Workload.of(Task.RECONSTRUCTION, 32), 0.95, 1.4);
    measureThroughput(Workload.of(Task.RECONSTRUCTION, 128), 0.95, 1.4);
    measureSingleImage(3);
    measureSmallStep(1.3);
    measureSpread();
    measureBesideBusyProcess(0.45);
    measureConcurrentCallers(128, 0.95);
    measureConcurrentCallers(1, 0.95);
    measureMemory(Workload.CODEBOOK_SIZE, 1.25);
    measureMemory(LARGE_CODEBOOK, 1.25);
  }

  /** Returns the results. */
  List<TargetRow> rows() {
    return List.copyOf(rows);
  }

  /** Returns the trials of PyTorch's variants. */
  List<Trial> trials() {
    return List.copyOf(trials);
  }

  /** Returns the failed contenders with their workloads. */
  List<String> failures() {
    return List.copyOf(failures);
  }

  private void measureThroughput(Workload workload, double limitTarget, double pytorchTarget)
      throws IOException {
    Contender limit = Contender.limit(launcher, workload, CORES);
    List<Contender> finalists = fastestPytorch(workload);
    List<Contender> peers = new ArrayList<>(List.of(limit));
    peers.addAll(finalists);
    Contender vqvae4j = Contender.vqvae4j(launcher, workload);
    Rotation<Contender> rotation = measure(workload, vqvae4j, peers);
    Metric metric = Metric.IMAGES_PER_SECOND;
    add(workload.toString(), rotation, vqvae4j, List.of(limit), metric, limitTarget, NO_MAXIMUM);
    add(workload.toString(), rotation, vqvae4j, finalists, metric, pytorchTarget, NO_MAXIMUM);
  }

  /** Measures reconstruction of a single image, which cannot be shared out. */
  private void measureSingleImage(double target) throws IOException {
    Workload workload = Workload.of(Task.RECONSTRUCTION, 1);
    List<Contender> finalists = fastestPytorch(workload);
    Contender vqvae4j = Contender.vqvae4j(launcher, workload);
    Rotation<Contender> rotation = measure(workload, vqvae4j, finalists);
    add(
        workload.toString(),
        rotation,
        vqvae4j,
        finalists,
        Metric.IMAGES_PER_SECOND,
        target,
        NO_MAXIMUM);
  }

  /** Measures steps of so few images that the fixed part of a step counts. */
  private void measureSmallStep(double target) throws IOException {
    Workload workload = Workload.of(Task.TRAINING, 8);
    Contender vqvae4j = Contender.vqvae4j(launcher, workload);
    Contender limit = Contender.limit(launcher, workload, CORES);
    Rotation<Contender> rotation = measure(workload, vqvae4j, List.of(limit));
    add(workload.toString(), rotation, vqvae4j, List.of(limit), Metric.MILLISECONDS, 0, target);
  }

  /** Compares the medians of several new processes with each other. */
  private void measureSpread() {
    Workload workload = Workload.of(Task.TRAINING, 32);
    Contender vqvae4j = Contender.vqvae4j(launcher, workload);
    Contender limit = Contender.limit(launcher, workload, CORES);
    Rotation<Contender> rotation =
        new Rotation<>(workload + ", spread", List.of(vqvae4j, limit), progress);
    rotation.repeat(spreadRuns, contender -> turnOfNewProcess(contender, durations));
    failures.addAll(rotation.failures());
    if (rotation.failures().isEmpty()) {
      double limitSpread = spread(rotation, limit);
      add(
          new Comparison(
              workload + ", spread of " + spreadRuns + " runs",
              "highest / lowest",
              List.of(spread(rotation, vqvae4j)),
              List.of(limitSpread),
              0,
              Math.max(1, MAX_SPREAD / limitSpread)),
          limit,
          "values at most " + MAX_SPREAD + ", or the limit's");
    }
  }

  private static double spread(Rotation<Contender> rotation, Contender contender) {
    List<Double> values = values(rotation, contender, Metric.IMAGES_PER_SECOND);
    return Collections.max(values) / Collections.min(values);
  }

  private void measureBesideBusyProcess(double target) throws IOException {
    Workload workload = Workload.of(Task.TRAINING, 32);
    Contender quiet = Contender.vqvae4j(launcher, workload).named("quiet");
    Contender busy = Contender.besideBusyProcess(launcher, workload);
    Rotation<Contender> rotation = measure(workload, busy, List.of(quiet));
    add(
        workload + ", " + busy.name(),
        rotation,
        busy,
        List.of(quiet),
        Metric.IMAGES_PER_SECOND,
        target,
        NO_MAXIMUM);
  }

  private void measureConcurrentCallers(int batch, double target) throws IOException {
    Workload concurrent = Workload.of(Task.ENCODING_CONCURRENT_CALLERS, batch);
    Contender callers = Contender.vqvae4j(launcher, concurrent).named(Task.CALLERS + " callers");
    Contender caller =
        Contender.vqvae4j(launcher, Workload.of(Task.ENCODING_ONE_CALLER, batch))
            .named("one caller");
    Rotation<Contender> rotation = measure(concurrent, callers, List.of(caller));
    add(
        concurrent.toString(),
        rotation,
        callers,
        List.of(caller),
        Metric.IMAGES_PER_SECOND,
        target,
        NO_MAXIMUM);
  }

  private void measureMemory(int codebookSize, double target) throws IOException {
    Workload workload = new Workload(Task.TRAINING, 128, codebookSize, Workload.IMAGE_SIZE);
    Contender vqvae4j = Contender.vqvae4j(launcher, workload);
    Configuration libtorch = Configuration.LIBTORCH_TUNED;
    List<Contender> peers =
        libtorch.backends().stream()
            .map(backend -> Contender.of(launcher, libtorch, backend, workload))
            .toList();
    Rotation<Contender> rotation = measure(workload, vqvae4j, peers);
    add(workload + ", peak resident memory", rotation, vqvae4j, peers, Metric.MEBIBYTES, 0, target);
  }

  /** Measures warmed-up processes that take turns. */
  private Rotation<Contender> measure(Workload workload, Contender contender, List<Contender> peers)
      throws IOException {
    List<Contender> all = new ArrayList<>(List.of(contender));
    all.addAll(peers);
    Rotation<Contender> rotation = new Rotation<>(workload.toString(), all, progress);
    rotation.warm(each -> each.starter().start(), durations);
    failures.addAll(rotation.failures());
    return rotation;
  }

  /** Tries PyTorch's variants, one after another, and returns the fastest. */
  private List<Contender> fastestPytorch(Workload workload) {
    Rotation<Contender> rotation =
        new Rotation<>(workload + ", trial", pytorch.apply(workload), progress);
    rotation.repeat(1, contender -> turnOfNewProcess(contender, trialDurations));
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
  private void add(
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

  private void add(Comparison comparison, Contender peer, String target) {
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
  private static List<Double> values(
      Rotation<Contender> rotation, Contender contender, Metric metric) {
    List<Double> values =
        rotation.outcomes(contender).stream()
            .map(outcome -> metric.of(outcome, contender.workload()))
            .toList();
    return metric == Metric.MEBIBYTES ? List.of(Collections.max(values)) : values;
  }
}
