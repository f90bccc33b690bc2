package io.github.vqvae4j.train;

import io.github.vqvae4j.metrics.CodeUsage;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What one training step gave.
 *
 * @param step counted from 1
 * @param steps how many there will be
 * @param terms each term of the loss, the reconstruction first
 * @param loss the sum of weight times value
 * @param rate the learning rate of this step
 * @param gradientNorm the norm of all gradients together, before any clipping
 * @param batchUsage of the codes in this step's images; of 0 codes for a model without a codebook
 * @param windowUsage of the codes in the last 100 steps
 * @param imagesPerSecond over the last steps, without evaluation and listeners
 */
public record StepReport(
    long step,
    long steps,
    List<TermReport> terms,
    double loss,
    double rate,
    double gradientNorm,
    CodeUsage batchUsage,
    CodeUsage windowUsage,
    double imagesPerSecond) {
  /**
   * The value of a term.
   *
   * @param name as {@code commitment}
   * @return the value without its weight
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
