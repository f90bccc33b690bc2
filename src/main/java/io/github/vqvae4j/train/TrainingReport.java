package io.github.vqvae4j.train;

import io.github.vqvae4j.io.Counts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a training run gave.
 *
 * @param last the last step
 * @param ending why the run ended
 * @param evaluations those on held-out data, in order; empty if none were asked for
 * @param best the evaluation that {@link Trainer#monitor} likes best; empty if there was none
 * @param modelStep the step whose weights the model has: the last, or that of the best evaluation
 *     after {@link Trainer#stopEarly}
 * @param clippedSteps in which the gradients were clipped
 * @param skippedFiles of the training images' folder, because they could not be read
 * @param variance of the training images' pixels
 * @param seconds the whole run took, evaluation and listeners included
 * @param imagesPerSecond of the training steps alone, over the whole run
 */
public record TrainingReport(
    StepReport last,
    StopReason stopReason,
    List<Evaluation> evaluations,
    Optional<Evaluation> best,
    long modelStep,
    long clippedSteps,
    int skippedFiles,
    double variance,
    double seconds,
    double imagesPerSecond) {
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s in %.1f s (%.0f images/s)%n  last step: %s",
            Counts.of(last.step(), "step"),
            seconds,
            imagesPerSecond,
            last));
    if (!evaluations.isEmpty()) {
      text.append(
          String.format(Locale.ROOT, "%n  held-out:  %s", evaluations.get(evaluations.size() - 1)));
    }
    if (best.isPresent() && best.get().step() < last.step()) {
      text.append(
          String.format(
              Locale.ROOT, "%n  best:      after step %d, %s", best.get().step(), best.get()));
    }
    if (stopReason == StopReason.EARLY_STOPPING) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  ended early, after step %d of %d: evaluations did not get better",
              last.step(),
              last.steps()));
    }
    if (stopReason == StopReason.INTERRUPTED) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  interrupted after step %d of %d, by its thread or the end of the process",
              last.step(),
              last.steps()));
    }
    if (modelStep < last.step()) {
      text.append(
          String.format(Locale.ROOT, "%n  the model has the weights of step %d", modelStep));
    }
    if (clippedSteps > 0) {
      text.append(
          String.format(
              Locale.ROOT, "%n  gradients clipped in %s", Counts.of(clippedSteps, "step")));
    }
    if (skippedFiles > 0) {
      text.append(
          String.format(
              Locale.ROOT, "%n  files skipped, which could not be read: %d", skippedFiles));
    }
    return text.toString();
  }
}
