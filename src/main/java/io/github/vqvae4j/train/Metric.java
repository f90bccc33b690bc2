package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.ArrayList;
import java.util.List;

/** A figure under the name that it has in files. */
record Metric(String name, double value) {
  private static final List<String> OF_STEPS_ALONE =
      List.of("train/rate", "train/gradientNorm", "imagesPerSecond");

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

  /** Of an evaluation: what {@link #ofEvaluations} names. */
  static List<Metric> of(Evaluation evaluation) {
    List<Metric> metrics = new ArrayList<>();
    metrics.add(new Metric("validation/loss", evaluation.loss()));
    for (TermReport term : evaluation.terms()) {
      metrics.add(new Metric("validation/" + term.name(), term.value()));
    }
    addUsage(metrics, "validation/perplexity", "validation/usage", evaluation.usage());
    return metrics;
  }

  /** The names of an evaluation's figures, for a model whose training steps have these. */
  static List<String> ofEvaluations(List<Metric> ofStep) {
    return ofStep.stream()
        .map(Metric::name)
        .filter(name -> !OF_STEPS_ALONE.contains(name))
        .map(name -> "validation/" + name.substring(name.indexOf('/') + 1))
        .toList();
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
