package io.github.vqvae4j.train;

import java.util.List;

/**
 * Reports as records for JSON, which has no NaN and no infinity: numbers are their {@link
 * Double#toString}, which is exact. The usage of codebooks is saved as arrays instead.
 */
final class SavedReports {
  private SavedReports() {}

  /** A metric, or a loss term with its weight. */
  record Value(String name, String value, String weight) {
    static Value of(Metric metric) {
      return new Value(metric.name(), String.valueOf(metric.value()), "");
    }

    static Value of(TermReport term) {
      return new Value(term.name(), String.valueOf(term.value()), String.valueOf(term.weight()));
    }

    Metric metric() {
      return new Metric(name, Double.parseDouble(value));
    }

    TermReport term() {
      return new TermReport(name, Double.parseDouble(value), Double.parseDouble(weight));
    }

    static List<Value> of(List<Metric> metrics) {
      return metrics.stream().map(Value::of).toList();
    }

    static List<Metric> metrics(List<Value> values) {
      return values.stream().map(Value::metric).toList();
    }
  }

  /** A {@link LossReport}. */
  record Loss(String objective, List<Value> terms, List<Value> metrics) {
    static Loss of(LossReport loss) {
      return new Loss(
          loss.objective(),
          loss.terms().stream().map(Value::of).toList(),
          Value.of(loss.metrics()));
    }

    LossReport report() {
      return new LossReport(
          objective, terms.stream().map(Value::term).toList(), Value.metrics(metrics));
    }
  }

  /** An {@link ObjectiveReport}. */
  record OfObjective(long step, Loss loss, String learningRate, String gradientNorm) {
    static OfObjective of(ObjectiveReport report) {
      return new OfObjective(
          report.step(),
          Loss.of(report.loss()),
          String.valueOf(report.learningRate()),
          String.valueOf(report.gradientNorm()));
    }

    ObjectiveReport report() {
      return new ObjectiveReport(
          step, loss.report(), Double.parseDouble(learningRate), Double.parseDouble(gradientNorm));
    }
  }

  /** A codebook whose usage is an array. */
  record Codebook(String name, int size) {
    static Codebook of(CodebookUsage usage) {
      return new Codebook(usage.name(), usage.usage().codebookSize());
    }
  }

  /** An {@link Evaluation}. */
  record OfEvaluation(long step, List<Loss> losses, List<Value> metrics, List<Codebook> codebooks) {
    static OfEvaluation of(Evaluation evaluation) {
      return new OfEvaluation(
          evaluation.step(),
          evaluation.losses().stream().map(Loss::of).toList(),
          Value.of(evaluation.metrics()),
          evaluation.usage().stream().map(Codebook::of).toList());
    }

    Evaluation report(List<CodebookUsage> usage) {
      return new Evaluation(
          step,
          losses.stream().map(Loss::report).toList(),
          Value.metrics(metrics),
          List.copyOf(usage));
    }
  }
}
