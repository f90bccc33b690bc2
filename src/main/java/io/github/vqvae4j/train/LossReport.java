package io.github.vqvae4j.train;

import io.github.vqvae4j.io.MessageText;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The values of a {@link BatchLoss}, averaged over one or more batches.
 *
 * @param objective the name of the objective; empty if it is the only one
 * @param terms the loss terms
 * @param metrics the metrics
 */
public record LossReport(String objective, List<TermReport> terms, List<Metric> metrics) {
  static LossReport of(String objective, BatchLoss loss) {
    return new LossReport(
        objective,
        loss.terms().stream()
            .map(term -> new TermReport(term.name(), term.value().item(), term.weight()))
            .toList(),
        loss.metrics());
  }

  /** Returns the metrics; names are prefixed with the objective if there are several. */
  List<Metric> qualifiedMetrics() {
    return metrics.stream().map(m -> new Metric(qualified(m.name()), m.value())).toList();
  }

  private List<TermReport> qualifiedTerms() {
    return terms.stream()
        .map(t -> new TermReport(qualified(t.name()), t.value(), t.weight()))
        .toList();
  }

  private String qualified(String name) {
    return objective.isEmpty() ? name : objective + "/" + name;
  }

  /** Returns the report with those of its metrics that are among the given qualified ones. */
  LossReport withMetrics(List<Metric> qualified) {
    List<Metric> own = new ArrayList<>();
    for (Metric metric : metrics) {
      qualified.stream()
          .filter(other -> other.name().equals(qualified(metric.name())))
          .forEach(other -> own.add(new Metric(metric.name(), other.value())));
    }
    return new LossReport(objective, terms, List.copyOf(own));
  }

  /**
   * Returns the value of a term of several objectives: a plain name of the first, or a name with an
   * objective, as in files.
   */
  static double term(List<LossReport> losses, String name) {
    return losses.stream()
        .limit(1)
        .flatMap(first -> first.terms.stream())
        .filter(term -> term.name().equals(name))
        .mapToDouble(TermReport::value)
        .findFirst()
        .orElseGet(
            () ->
                TermReport.value(
                    losses.stream().flatMap(loss -> loss.qualifiedTerms().stream()).toList(),
                    name));
  }

  /**
   * Returns the value of a metric of several objectives, as {@link #term(List, String)} does.
   *
   * @param reported metrics under their full names, which take precedence
   */
  static double metric(List<LossReport> losses, List<Metric> reported, String name) {
    Stream<Metric> first = losses.stream().limit(1).flatMap(loss -> loss.metrics.stream());
    Stream<Metric> qualified = losses.stream().flatMap(loss -> loss.qualifiedMetrics().stream());
    List<Metric> all = Stream.concat(reported.stream(), qualified).distinct().toList();
    return Stream.concat(reported.stream(), first)
        .filter(metric -> metric.name().equals(name))
        .mapToDouble(Metric::value)
        .findFirst()
        .orElseGet(() -> Metric.value(all, name));
  }

  private List<List<String>> names() {
    return List.of(
        terms.stream().map(TermReport::name).toList(), metrics.stream().map(Metric::name).toList());
  }

  /** Returns the mean of two reports with the given weights, whose sum is 1. */
  LossReport mean(double weight, LossReport other, double otherWeight) {
    if (!names().equals(other.names())) {
      throw new IllegalStateException(
          "Trainable.loss: expected the same terms and metrics for every batch, got "
              + this
              + " and "
              + other
              + ".");
    }
    List<TermReport> meanTerms = new ArrayList<>();
    for (int i = 0; i < terms.size(); i++) {
      TermReport term = other.terms.get(i);
      double value = weight * terms.get(i).value() + otherWeight * term.value();
      meanTerms.add(new TermReport(term.name(), value, term.weight()));
    }
    List<Metric> meanMetrics = new ArrayList<>();
    for (int i = 0; i < metrics.size(); i++) {
      Metric metric = other.metrics.get(i);
      double value = weight * metrics.get(i).value() + otherWeight * metric.value();
      meanMetrics.add(new Metric(metric.name(), value));
    }
    return new LossReport(objective, List.copyOf(meanTerms), List.copyOf(meanMetrics));
  }

  /**
   * Returns the loss.
   *
   * @return the weighted sum of the terms
   */
  public double loss() {
    return terms.stream().mapToDouble(term -> term.weight() * term.value()).sum();
  }

  /**
   * Returns the value of a loss term.
   *
   * @param name the name of the term, such as {@code commitment}
   * @return the unweighted value
   * @throws IllegalArgumentException if there is no such term
   */
  public double term(String name) {
    return TermReport.value(terms, name);
  }

  /**
   * Returns the value of a metric.
   *
   * @param name the name of the metric
   * @return the value
   * @throws IllegalArgumentException if there is no such metric
   */
  public double metric(String name) {
    return Metric.value(metrics, name);
  }

  /** Returns the loss of the named objective; throws IllegalArgumentException if there is none. */
  static LossReport find(List<LossReport> losses, String objective) {
    return losses.stream()
        .filter(loss -> loss.objective.equals(objective))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "LossReport: expected one of the objectives "
                        + losses.stream().map(LossReport::objective).toList()
                        + ", got \""
                        + objective
                        + "\"."));
  }

  /** Returns terms and metrics, after the name of the objective if there are several. */
  @Override
  public String toString() {
    String values =
        Stream.concat(
                terms.stream().map(TermReport::toString), metrics.stream().map(Metric::toString))
            .collect(Collectors.joining("  "));
    return objective.isEmpty() ? values : MessageText.escaped(objective) + ": " + values;
  }
}
