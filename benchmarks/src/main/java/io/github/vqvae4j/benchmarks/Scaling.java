package io.github.vqvae4j.benchmarks;

import io.github.vqvae4j.benchmarks.report.Row;
import io.github.vqvae4j.benchmarks.report.Section;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What stands in docs/benchmarks-scaling.md. */
final class Scaling {
  private static final List<Contender> CONTENDERS =
      List.of(Contender.OURS, Contender.LIBTORCH_TUNED);
  private static final List<Contender> PEERS = List.of(Contender.LIBTORCH_TUNED);

  private Scaling() {}

  /** Measures all of it. */
  static List<Section> run(Runner runner) throws IOException {
    List<Row> batches = new ArrayList<>();
    for (Task task : new Task[] {Task.TRAINING, Task.RECONSTRUCTION}) {
      for (int batch : new int[] {1, 2, 8, 32, 128, 512}) {
        batches.addAll(run(runner, Setting.of(task, batch)));
      }
    }
    List<Row> codebooks = new ArrayList<>();
    for (int codes = 64; codes <= 65_536; codes *= 4) {
      codebooks.addAll(run(runner, new Setting(Task.TRAINING, 32, codes, Setting.IMAGE_SIZE)));
    }
    List<Row> sizes = new ArrayList<>();
    for (int size = 32; size <= 256; size *= 2) {
      sizes.addAll(run(runner, new Setting(Task.TRAINING, 8, Setting.CODEBOOK_SIZE, size)));
    }
    return List.of(
        new Section("Images at once", batches),
        new Section("Codebook size K", codebooks),
        new Section("Height and width of the images", sizes));
  }

  private static List<Row> run(Runner runner, Setting setting) throws IOException {
    return runner
        .turns(setting, CONTENDERS)
        .rows(setting.task().text(), Quantity.MILLISECONDS, PEERS);
  }
}
