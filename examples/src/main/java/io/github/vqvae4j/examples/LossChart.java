package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.knowm.xchart.XYChart;

/**
 * The curves of a run: a panel for the reconstruction, one for each other term, one for the usage
 * of a codebook.
 */
final class LossChart {
  private LossChart() {}

  /**
   * Draws it.
   *
   * @param nats whether the terms are nats of an image, and not mean squared errors
   */
  static void write(String title, boolean nats, History history, TrainingReport report, Path file)
      throws IOException {
    List<StepReport> steps = history.steps();
    long count = report.last().steps();
    double[] numbers = values(steps, StepReport::step);
    List<XYChart> panels = new ArrayList<>();

    double[] evaluated = report.evaluations().stream().mapToDouble(Evaluation::step).toArray();
    double[] heldOut =
        report.evaluations().stream().mapToDouble(Evaluation::errorOverVariance).toArray();
    double[] reconstruction =
        values(steps, s -> s.terms().get(0).value() * s.terms().get(0).weight());
    if (nats) {
      panels.add(
          ChartPanel.logarithmic(title + ": reconstruction", "nats an image", count)
              .noisy(numbers, reconstruction)
              .chart());
      panels.add(
          ChartPanel.logarithmic("reconstruction, held out", "MSE / variance", count)
              .points("held out", evaluated, heldOut)
              .chart());
    } else {
      panels.add(
          ChartPanel.logarithmic(title + ": reconstruction", "MSE / variance", count)
              .noisy(numbers, reconstruction)
              .points("held out", evaluated, heldOut)
              .chart());
    }
    for (int i = 1; i < report.last().terms().size(); i++) {
      int term = i;
      String name = report.last().terms().get(term).name();
      panels.add(
          ChartPanel.logarithmic(name, name, count)
              .noisy(numbers, values(steps, s -> s.terms().get(term).value()))
              .chart());
    }
    int codebookSize = report.last().windowUsage().codebookSize();
    if (codebookSize > 0) {
      panels.add(
          ChartPanel.linear("codes used in 100 batches", "codes", count, codebookSize)
              .line("perplexity", numbers, values(steps, s -> s.windowUsage().perplexity()))
              .otherLine("codes in use", numbers, values(steps, s -> s.windowUsage().codesInUse()))
              .chart());
    }
    ChartFile.write(panels, file);
  }

  private static double[] values(List<StepReport> steps, ToDoubleFunction<StepReport> of) {
    return steps.stream().mapToDouble(of).toArray();
  }
}
