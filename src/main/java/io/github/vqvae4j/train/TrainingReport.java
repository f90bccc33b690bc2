package io.github.vqvae4j.train;

import java.util.List;
import java.util.Locale;

/**
 * What a training run gave.
 *
 * @param last the last step
 * @param evaluations those on held-out data, in order; empty if none were asked for
 * @param variance of the training images' pixels
 * @param seconds the whole run took, evaluation and listeners included
 * @param imagesPerSecond of the training steps alone, over the whole run
 */
public record TrainingReport(
    StepReport last,
    List<Evaluation> evaluations,
    double variance,
    double seconds,
    double imagesPerSecond) {
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d steps in %.1f s (%.0f images/s)%n  last step: %s",
            last.step(),
            seconds,
            imagesPerSecond,
            last));
    if (!evaluations.isEmpty()) {
      text.append(String.format("%n  held-out:  %s", evaluations.get(evaluations.size() - 1)));
    }
    return text.toString();
  }
}
