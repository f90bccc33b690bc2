package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.ArrayList;
import java.util.List;

/** A figure under the name that it has in files. */
record Metric(String name, double value) {
  /** The names of an evaluation's figures. */
  static final List<String> OF_EVALUATIONS =
      List.of("validation/reconstruction", "validation/perplexity", "validation/usage");

  /** Of a training step; each term of the loss as it is, without its weight. */
  static List<Metric> of(StepReport report) {
    List<Metric> metrics = new ArrayList<>();
    metrics.add(new Metric("train/loss", report.loss()));
    for (TermReport term : report.terms()) {
      metrics.add(new Metric("train/" + term.name(), term.value()));
    }
    metrics.add(new Metric("train/rate", report.rate()));
    metrics.add(new Metric("train/gradientNorm", report.gradientNorm()));
    addUsage(metrics, "codebook/perplexity", "codebook/usage", report.windowUsage());
    metrics.add(new Metric("imagesPerSecond", report.imagesPerSecond()));
    return metrics;
  }

  /** Of an evaluation; the reconstruction error is the mean squared one, as in training. */
  static List<Metric> of(Evaluation evaluation) {
    List<Metric> metrics = new ArrayList<>();
    metrics.add(new Metric(OF_EVALUATIONS.get(0), evaluation.meanSquaredError()));
    addUsage(metrics, OF_EVALUATIONS.get(1), OF_EVALUATIONS.get(2), evaluation.usage());
    return metrics;
  }

  /** A model without a codebook has no such figures. */
  private static void addUsage(
      List<Metric> metrics, String perplexity, String share, CodeUsage usage) {
    if (usage.codebookSize() > 0) {
      metrics.add(new Metric(perplexity, usage.perplexity()));
      metrics.add(new Metric(share, (double) usage.codesInUse() / usage.codebookSize()));
    }
  }
}
