package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A chart of the training and validation loss of a prior, and of the entropy of single codes. */
final class PriorChart {
  private PriorChart() {}

  static void write(
      String name,
      History history,
      TrainingReport report,
      double unigramNats,
      int codebookSize,
      Path file)
      throws IOException {
    long steps = report.last().steps();
    double[] loss = history.term(0);
    double maximum = Math.max(Math.log(codebookSize), Arrays.stream(loss).max().orElseThrow());
    double[] ends = {1, steps};
    ChartPanel panel =
        ChartPanel.linear(name + ": cross-entropy", "nats per code", steps, maximum)
            .noisy(history.steps(), loss)
            .points(
                "held-out",
                report.evaluations().stream().mapToDouble(Evaluation::step).toArray(),
                report.evaluations().stream().mapToDouble(Evaluation::loss).toArray())
            .run(2, "entropy of single codes", ends, new double[] {unigramNats, unigramNats});
    ChartFile.write(List.of(panel.chart()), file);
  }
}
