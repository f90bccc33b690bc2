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
    metrics.add(new Metric("codebook/perplexity", report.windowUsage().perplexity()));
    metrics.add(new Metric("codebook/usage", share(report.windowUsage())));
    metrics.add(new Metric("imagesPerSecond", report.imagesPerSecond()));
    return metrics;
  }

  /** Of an evaluation; the reconstruction error is the mean squared one, as in training. */
  static List<Metric> of(Evaluation evaluation) {
    return List.of(
        new Metric(OF_EVALUATIONS.get(0), evaluation.meanSquaredError()),
        new Metric(OF_EVALUATIONS.get(1), evaluation.usage().perplexity()),
        new Metric(OF_EVALUATIONS.get(2), share(evaluation.usage())));
  }

  private static double share(CodeUsage usage) {
    return (double) usage.codesInUse() / usage.codebookSize();
  }
}
