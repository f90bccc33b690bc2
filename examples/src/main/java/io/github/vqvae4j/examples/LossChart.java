package io.github.vqvae4j.examples;

import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.TrainingReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.knowm.xchart.XYChart;

/**
 * The curves of a run: a panel for each term of the loss, in training and held out, one for the
 * usage of a codebook.
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
    long count = report.last().steps();
    double[] numbers = history.steps();
    List<XYChart> panels = new ArrayList<>();

    double[] evaluated = report.evaluations().stream().mapToDouble(Evaluation::step).toArray();
    for (int i = 0; i < report.last().terms().size(); i++) {
      int term = i;
      String name = report.last().terms().get(term).name();
      String unit = nats ? "nats an image" : term == 0 ? "MSE / variance" : name;
      double weight = nats || term > 0 ? 1 : report.last().terms().get(term).weight();
      panels.add(
          ChartPanel.logarithmic(term == 0 ? title + ": " + name : name, unit, count)
              .noisy(numbers, Arrays.stream(history.term(term)).map(v -> v * weight).toArray())
              .points(
                  "held out",
                  evaluated,
                  report.evaluations().stream()
                      .mapToDouble(e -> e.terms().get(term).value() * weight)
                      .toArray())
              .chart());
    }
    int codebookSize = report.last().windowUsage().codebookSize();
    if (codebookSize > 0) {
      panels.add(
          ChartPanel.linear("codes used in 100 batches", "codes", count, codebookSize)
              .line("perplexity", numbers, history.perplexity())
              .otherLine("codes in use", numbers, history.codesInUse())
              .chart());
    }
    ChartFile.write(panels, file);
  }
}
