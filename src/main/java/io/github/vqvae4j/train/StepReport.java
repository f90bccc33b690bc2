package io.github.vqvae4j.train;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The metrics of a training step.
 *
 * <p>{@link #loss}, {@link #terms}, {@link #learningRate} and {@link #gradientNorm} are those of
 * the first objective, which runs in every step; most models have only one.
 *
 * @param step the step, counted from 1
 * @param steps the total number of steps of the run; {@link #NO_LIMIT} if only its time is limited
 * @param objectives the metrics of each objective that has run, from the last step in which it did
 * @param batchUsage the usage of each codebook in this step; empty for a model without codebooks
 * @param windowUsage the usage of each codebook over the last 100 steps
 * @param examplesPerSecond the throughput over the last 20 steps, excluding evaluation and
 *     listeners
 */
public record StepReport(
    long step,
    long steps,
    List<ObjectiveReport> objectives,
    List<CodebookUsage> batchUsage,
    List<CodebookUsage> windowUsage,
    double examplesPerSecond) {
  /** The number of steps of a run whose time alone is limited. */
  public static final long NO_LIMIT = Long.MAX_VALUE;

  /**
   * Returns the metrics of an objective.
   *
   * @param name the name of the objective
   * @return its metrics
   * @throws IllegalArgumentException if there is no such objective, or it has not run yet
   */
  public ObjectiveReport objective(String name) {
    List<LossReport> losses = losses();
    return objectives.get(losses.indexOf(LossReport.find(losses, name)));
  }

  /** Returns the step, and the number of steps if it is limited. */
  String position() {
    return steps == NO_LIMIT ? String.valueOf(step) : step + "/" + steps;
  }

  /** Returns the metrics of the objectives that ran in this step. */
  List<ObjectiveReport> running() {
    return objectives.stream().filter(objective -> objective.step() == step).toList();
  }

  private List<LossReport> losses() {
    return objectives.stream().map(ObjectiveReport::loss).toList();
  }

  private ObjectiveReport first() {
    return objectives.get(0);
  }

  /**
   * Returns the loss of the first objective.
   *
   * @return the weighted sum of the terms
   */
  public double loss() {
    return first().loss().loss();
  }

  /**
   * Returns the loss terms of the first objective.
   *
   * @return the terms
   */
  public List<TermReport> terms() {
    return first().loss().terms();
  }

  /**
   * Returns the value of a loss term.
   *
   * @param name the name of the term, such as {@code commitment}, for a term of the first
   *     objective; with an objective as in files, such as {@code generator/adversarial}, for any
   * @return the unweighted value
   * @throws IllegalArgumentException if there is no such term
   */
  public double term(String name) {
    return LossReport.term(losses(), name);
  }

  /**
   * Returns the value of a metric.
   *
   * @param name the name of the metric, as for {@link #term}
   * @return the value
   * @throws IllegalArgumentException if there is no such metric
   */
  public double metric(String name) {
    return LossReport.metric(losses(), List.of(), name);
  }

  /**
   * Returns the learning rate of the first objective in this step.
   *
   * @return the learning rate
   */
  public double learningRate() {
    return first().learningRate();
  }

  /**
   * Returns the L2 norm of all gradients of the first objective, before clipping.
   *
   * @return the norm; NaN in a custom training loop
   */
  public double gradientNorm() {
    return first().gradientNorm();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "step %s  %s  %s%.0f examples/s",
        position(),
        objectives.stream().map(o -> o.loss().toString()).collect(Collectors.joining("  ")),
        windowUsage.stream().map(usage -> usage + "  ").collect(Collectors.joining()),
        examplesPerSecond);
  }
}
