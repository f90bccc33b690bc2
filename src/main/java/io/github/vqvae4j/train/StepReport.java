package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The metrics of a training step.
 *
 * @param step the step, counted from 1
 * @param steps the total number of steps of the run
 * @param terms the loss terms, starting with the reconstruction term
 * @param loss the loss, which is the weighted sum of the terms
 * @param learningRate the learning rate of this step
 * @param gradientNorm the L2 norm of all gradients, before clipping
 * @param batchUsage the code usage in this step; has 0 codes for a model without a codebook
 * @param windowUsage the code usage over the last 100 steps
 * @param imagesPerSecond the throughput over the last 20 steps, excluding evaluation and listeners
 */
public record StepReport(
    long step,
    long steps,
    List<TermReport> terms,
    double loss,
    double learningRate,
    double gradientNorm,
    CodeUsage batchUsage,
    CodeUsage windowUsage,
    double imagesPerSecond) {
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

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "step %d/%d  %s  %s%.0f images/s",
        step,
        steps,
        terms.stream().map(TermReport::toString).collect(Collectors.joining("  ")),
        codes(),
        imagesPerSecond);
  }

  private String codes() {
    return windowUsage.codebookSize() == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "perplexity %.1f  codes %d/%d  ",
            windowUsage.perplexity(),
            windowUsage.codesInUse(),
            windowUsage.codebookSize());
  }
}
