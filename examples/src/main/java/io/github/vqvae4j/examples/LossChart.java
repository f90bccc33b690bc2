package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.train.CodebookUsage;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.XYChart;

/**
 * A chart of the training curves: one panel for each loss term, with training and held-out values,
 * and one for codebook usage.
 */
final class LossChart {
  private LossChart() {}

  /**
   * Writes the chart.
   *
   * @param nats whether the terms are in nats per image rather than mean squared errors
   */
  static void write(String title, boolean nats, History history, TrainingReport report, Path file)
      throws IOException {
    long stepCount = report.last().steps();
    double[] steps = history.steps();
    List<XYChart> panels = new ArrayList<>();

    double[] evaluated = report.evaluations().stream().mapToDouble(Evaluation::step).toArray();
    for (int term = 0; term < report.last().terms().size(); term++) {
      String name = report.last().terms().get(term).name();
      boolean normalized = !nats && name.equals(ReconstructionLoss.NAME);
      String unit = nats ? "nats per image" : normalized ? "normalized MSE" : "MSE of latents";
      double weight = normalized ? report.last().terms().get(term).weight() : 1;
      panels.add(
          ChartPanel.logarithmic(
                  (term == 0 ? title + ": " : "") + LossName.of(name), unit, stepCount)
              .noisy(steps, Arrays.stream(history.term(term)).map(v -> v * weight).toArray())
              .points(
                  "held-out",
                  evaluated,
                  report.evaluations().stream().mapToDouble(e -> e.term(name) * weight).toArray())
              .chart());
    }
    List<CodebookUsage> codebooks = report.last().windowUsage();
    for (int i = 0; i < codebooks.size(); i++) {
      int codebookSize = codebooks.get(i).usage().codebookSize();
      String name = codebooks.get(i).name() + ": usage over 100 batches";
      panels.add(
          ChartPanel.linear(name, "codes", stepCount, codebookSize)
              .line("perplexity", steps, history.perplexity(i))
              .otherLine("codes in use", steps, history.codesInUse(i))
              .chart());
    }
    ChartFile.write(panels, file);
  }
}
