package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import io.github.vqvae4j.benchmarks.report.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The benchmarks of docs/benchmarks-scaling.md. */
final class Scaling {
  private static final List<Configuration> CONFIGURATIONS =
      List.of(Configuration.VQVAE4J, Configuration.LIBTORCH_TUNED);
  private static final List<Configuration> BASELINES = List.of(Configuration.LIBTORCH_TUNED);

  private Scaling() {}

  /** Runs all benchmarks of the page. */
  static List<Section> run(Runner runner) throws IOException {
    List<Row> batches = new ArrayList<>();
    for (Task task : new Task[] {Task.TRAINING, Task.RECONSTRUCTION}) {
      for (int batch : new int[] {1, 2, 8, 32, 128, 512}) {
        batches.addAll(run(runner, Workload.of(task, batch)));
      }
    }
    List<Row> codebooks = new ArrayList<>();
    for (int codes = 64; codes <= 65_536; codes *= 4) {
      codebooks.addAll(run(runner, new Workload(Task.TRAINING, 32, codes, Workload.IMAGE_SIZE)));
    }
    List<Row> sizes = new ArrayList<>();
    for (int size = 32; size <= 256; size *= 2) {
      sizes.addAll(run(runner, new Workload(Task.TRAINING, 8, Workload.CODEBOOK_SIZE, size)));
    }
    return List.of(
        new Section("Batch size", batches),
        new Section("Codebook size K", codebooks),
        new Section("Image height and width", sizes));
  }

  private static List<Row> run(Runner runner, Workload workload) throws IOException {
    return runner
        .warm(workload, CONFIGURATIONS)
        .rows(workload.task().text(), Metric.MILLISECONDS, BASELINES);
  }
}
