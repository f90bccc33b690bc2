package io.github.vqvae4j.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** The benchmarks of docs/benchmarks-cores.md. */
final class CoresSuite extends TargetSuite {
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final int LARGE_CODEBOOK = 16_384;
  private static final double MAX_SPREAD = 1.15;

  private final ProcessLauncher launcher;
  private final int spreadRuns;

  /**
   * Creates a suite.
   *
   * @param spreadRuns the number of processes whose medians are compared
   */
  CoresSuite(Setting setting, int spreadRuns) {
    super(setting);
    launcher = setting.launcher();
    this.spreadRuns = spreadRuns;
  }

  @Override
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

  private void measureThroughput(Workload workload, double limitTarget, double pytorchTarget)
      throws IOException {
    Contender limit = Contender.limit(launcher, workload, CORES);
    List<Contender> finalists = fastestPytorch(workload);
    List<Contender> peers = new ArrayList<>(List.of(limit));
    peers.addAll(finalists);
    Contender vqvae4j = vqvae4j(workload);
    Rotation<Contender> rotation = measure(workload, vqvae4j, peers);
    Metric metric = Metric.IMAGES_PER_SECOND;
    add(workload.toString(), rotation, vqvae4j, List.of(limit), metric, limitTarget, NO_MAXIMUM);
    add(workload.toString(), rotation, vqvae4j, finalists, metric, pytorchTarget, NO_MAXIMUM);
  }

  /** Measures reconstruction of a single image, which cannot be shared out. */
  private void measureSingleImage(double target) throws IOException {
    Workload workload = Workload.of(Task.RECONSTRUCTION, 1);
    List<Contender> finalists = fastestPytorch(workload);
    Contender vqvae4j = vqvae4j(workload);
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
    Contender vqvae4j = vqvae4j(workload);
    Contender limit = Contender.limit(launcher, workload, CORES);
    Rotation<Contender> rotation = measure(workload, vqvae4j, List.of(limit));
    add(workload.toString(), rotation, vqvae4j, List.of(limit), Metric.MILLISECONDS, 0, target);
  }

  /** Compares the medians of several new processes with each other. */
  private void measureSpread() {
    Workload workload = Workload.of(Task.TRAINING, 32);
    Contender vqvae4j = vqvae4j(workload);
    Contender limit = Contender.limit(launcher, workload, CORES);
    Rotation<Contender> rotation =
        measureNewProcesses(workload + ", spread", List.of(vqvae4j, limit), spreadRuns);
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
    Contender quiet = vqvae4j(workload).named("quiet");
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
    Contender callers = vqvae4j(concurrent).named(Task.CALLERS + " callers");
    Contender caller = vqvae4j(Workload.of(Task.ENCODING_ONE_CALLER, batch)).named("one caller");
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
    Contender vqvae4j = vqvae4j(workload);
    Configuration libtorch = Configuration.LIBTORCH_TUNED;
    List<Contender> peers =
        libtorch.backends().stream()
            .map(backend -> Contender.of(launcher, libtorch, backend, workload))
            .toList();
    Rotation<Contender> rotation = measure(workload, vqvae4j, peers);
    add(workload + ", peak resident memory", rotation, vqvae4j, peers, Metric.MEBIBYTES, 0, target);
  }
}
