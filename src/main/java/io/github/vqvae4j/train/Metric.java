package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.ArrayList;
import java.util.List;

/** A metric with its name in the files of a run. */
record Metric(String name, double value) {
  private static final List<String> TRAINING_ONLY =
      List.of("train/learningRate", "train/gradientNorm", "imagesPerSecond");

  /** Returns the metrics of a training step. Loss terms are unweighted. */
  static List<Metric> of(StepReport report) {
    List<Metric> metrics = new ArrayList<>();
    metrics.add(new Metric("train/loss", report.loss()));
    for (TermReport term : report.terms()) {
      metrics.add(new Metric("train/" + term.name(), term.value()));
    }
    metrics.add(new Metric("train/learningRate", report.learningRate()));
    metrics.add(new Metric("train/gradientNorm", report.gradientNorm()));
    addUsage(metrics, "codebook/perplexity", "codebook/usage", report.windowUsage());
    metrics.add(new Metric("imagesPerSecond", report.imagesPerSecond()));
    return metrics;
  }

  /** Returns the metrics of an evaluation, named as in {@link #evaluationNames}. */
  static List<Metric> of(Evaluation evaluation) {
    List<Metric> metrics = new ArrayList<>();
    metrics.add(new Metric("validation/loss", evaluation.loss()));
    for (TermReport term : evaluation.terms()) {
      metrics.add(new Metric("validation/" + term.name(), term.value()));
    }
    addUsage(metrics, "validation/perplexity", "validation/usage", evaluation.usage());
    return metrics;
  }

  /** Returns the names of an evaluation's metrics, given those of a training step. */
  static List<String> evaluationNames(List<Metric> stepMetrics) {
    return stepMetrics.stream()
        .map(Metric::name)
        .filter(name -> !TRAINING_ONLY.contains(name))
        .map(name -> "validation/" + name.substring(name.indexOf('/') + 1))
        .toList();
  }

  /** Adds the code usage, if the model has a codebook. */
  private static void addUsage(
      List<Metric> metrics, String perplexity, String fraction, CodeUsage usage) {
    if (usage.codebookSize() > 0) {
      metrics.add(new Metric(perplexity, usage.perplexity()));
      metrics.add(new Metric(fraction, (double) usage.codesInUse() / usage.codebookSize()));
    }
  }
}
