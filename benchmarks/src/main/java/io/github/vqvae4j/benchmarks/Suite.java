package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import io.github.vqvae4j.benchmarks.report.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The benchmarks of docs/benchmarks.md. */
final class Suite {
  private static final List<Configuration> LIBTORCH =
      List.of(Configuration.LIBTORCH, Configuration.LIBTORCH_TUNED);

  /** Notes on the method that apply to this page only. */
  static final String NOTES =
      "`vqvae4j-nd4j` is this library on ND4J's kernels, as on platforms without oneDNN's natives."
          + " `convolutions` runs the model's convolutions alone, forward or forward and backward,"
          + " in a loop with warm caches, using oneDNN's fastest primitives. GFLOP/s count"
          + " convolutions and code search: 264 MFLOP per image in training, 91 in reconstruction"
          + " (also for `convolutions`, which omits the search). ";

  private final Runner runner;
  private final List<Row> libtorch = new ArrayList<>();
  private final List<Row> convolutions = new ArrayList<>();
  private final List<Row> nd4j = new ArrayList<>();
  private final List<Row> memory = new ArrayList<>();
  private final List<Row> startup = new ArrayList<>();

  private Suite(Runner runner) {
    this.runner = runner;
  }

  /** Runs all benchmarks of the page. */
  static List<Section> run(Runner runner) throws IOException {
    Suite suite = new Suite(runner);
    suite.measure(Task.TRAINING, 32, Configuration.CONVOLUTIONS, Configuration.VQVAE4J_ND4J);
    suite.measure(Task.TRAINING, 128, Configuration.CONVOLUTIONS);
    for (int batch : new int[] {1, 32, 128}) {
      suite.measure(Task.RECONSTRUCTION, batch, Configuration.CONVOLUTIONS);
    }
    for (Task task : new Task[] {Task.ENCODING, Task.DECODING}) {
      suite.measure(task, 32);
      suite.measure(task, 128);
    }
    suite.measureStartup();
    return List.of(
        new Section("Throughput compared with libtorch", suite.libtorch),
        new Section("Throughput compared with the convolutions alone", suite.convolutions),
        new Section("Throughput compared with ND4J's kernels", suite.nd4j),
        new Section("Peak resident memory", suite.memory),
        new Section("Time from process start to the end of the first step", suite.startup));
  }

  private void measure(Task task, int batch, Configuration... baselines) throws IOException {
    Rounds rounds = runner.warm(Workload.of(task, batch), withLibtorch(baselines));
    libtorch.addAll(rounds.rows(task.text(), Metric.IMAGES_PER_SECOND, LIBTORCH));
    memory.addAll(rounds.rows("peak resident memory, " + task.text(), Metric.MEBIBYTES, LIBTORCH));
    convolutions.addAll(
        rounds.rows(task.text(), Metric.IMAGES_PER_SECOND, List.of(Configuration.CONVOLUTIONS)));
    nd4j.addAll(
        rounds.rows(task.text(), Metric.IMAGES_PER_SECOND, List.of(Configuration.VQVAE4J_ND4J)));
  }

  private static List<Configuration> withLibtorch(Configuration... baselines) {
    List<Configuration> all = new ArrayList<>(List.of(Configuration.VQVAE4J));
    all.addAll(LIBTORCH);
    all.addAll(List.of(baselines));
    return all;
  }

  private void measureStartup() throws IOException {
    Workload firstStep = Workload.of(Task.FIRST_STEP, 32);
    String name = firstStep.task().text();
    startup.addAll(
        runner
            .startups(firstStep, withLibtorch(), false)
            .rows(name, Metric.SECONDS_SINCE_START, LIBTORCH));
    startup.addAll(
        runner
            .startups(firstStep, List.of(Configuration.VQVAE4J, Configuration.LIBTORCH), true)
            .rows(name + ", extracting natives", Metric.SECONDS_SINCE_START, LIBTORCH));
  }
}
