package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The metrics of a run under the names that its files use. A name is used once, or an
 * IllegalArgumentException is thrown: a value that replaces another would be lost.
 */
final class MetricNames {
  static final String LOSS = "loss";
  static final String LEARNING_RATE = "learningRate";
  static final String GRADIENT_NORM = "gradientNorm";

  /** The names of metrics of evaluations start with this. */
  static final String VALIDATION = "validation/";

  private MetricNames() {}

  /** Returns the metrics of a training step, without objectives that did not run in it. */
  static List<Metric> of(StepReport report) {
    return of(report, report.running());
  }

  /** Returns the metrics of a training step, and of the last one of objectives not run in it. */
  static List<Metric> latest(StepReport report) {
    return of(report, report.objectives());
  }

  /** Loss terms are unweighted. The gradient norm is unknown in a custom training loop. */
  private static List<Metric> of(StepReport report, List<ObjectiveReport> objectives) {
    List<Metric> metrics = new ArrayList<>();
    for (ObjectiveReport objective : objectives) {
      String prefix = prefix("train/", objective.loss());
      addTerms(metrics, prefix, objective.loss());
      objective
          .loss()
          .metrics()
          .forEach(m -> metrics.add(new Metric(prefix + m.name(), m.value())));
      metrics.add(new Metric(prefix + LEARNING_RATE, objective.learningRate()));
      if (!Double.isNaN(objective.gradientNorm())) {
        metrics.add(new Metric(prefix + GRADIENT_NORM, objective.gradientNorm()));
      }
    }
    addUsage(metrics, "", report.windowUsage());
    metrics.add(new Metric("examplesPerSecond", report.examplesPerSecond()));
    return distinct(metrics);
  }

  /** Returns the metrics of an evaluation. */
  static List<Metric> of(Evaluation evaluation) {
    List<Metric> metrics = new ArrayList<>();
    List<Metric> own = evaluation.metrics();
    Set<String> ownNames = own.stream().map(Metric::name).collect(Collectors.toSet());
    for (LossReport loss : evaluation.losses()) {
      addTerms(metrics, prefix(VALIDATION, loss), loss);
    }
    Stream.concat(
            evaluation.losses().stream()
                .flatMap(loss -> loss.qualifiedMetrics().stream())
                .filter(metric -> !ownNames.contains(metric.name())),
            own.stream())
        .forEach(m -> metrics.add(new Metric(VALIDATION + m.name(), m.value())));
    addUsage(metrics, VALIDATION, evaluation.usage());
    return distinct(metrics);
  }

  private static List<Metric> distinct(List<Metric> metrics) {
    Set<String> names = new HashSet<>();
    for (Metric metric : metrics) {
      if (!names.add(metric.name())) {
        throw new IllegalArgumentException(
            "BatchLoss: expected different names of terms, metrics and codebooks in the files of a"
                + " run, got two values named \""
                + MessageText.excerpt(metric.name())
                + "\". Rename the term, metric, codebook or objective.");
      }
    }
    return List.copyOf(metrics);
  }

  private static String prefix(String kind, LossReport loss) {
    return loss.objective().isEmpty() ? kind : kind + loss.objective() + "/";
  }

  private static void addTerms(List<Metric> metrics, String prefix, LossReport loss) {
    metrics.add(new Metric(prefix + LOSS, loss.loss()));
    for (TermReport term : loss.terms()) {
      if (loss.terms().size() > 1 || !term.name().equals(LOSS)) {
        metrics.add(new Metric(prefix + term.name(), term.value()));
      }
    }
  }

  /** Keys have no spaces, which separate them in tools that read them. */
  private static void addUsage(List<Metric> metrics, String kind, List<CodebookUsage> usages) {
    for (CodebookUsage usage : usages) {
      String prefix = kind + usage.name().replace(' ', '-') + "/";
      metrics.add(new Metric(prefix + "perplexity", usage.usage().perplexity()));
      metrics.add(
          new Metric(
              prefix + "usage",
              (double) usage.usage().codesInUse() / usage.usage().codebookSize()));
    }
  }
}
