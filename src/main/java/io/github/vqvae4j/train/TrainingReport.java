package io.github.vqvae4j.train;

import io.github.vqvae4j.io.Counts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The result of a training run. {@link #toString} summarizes it in a few lines.
 *
 * <pre>{@code
 * TrainingReport report = Trainer.of(model).evaluate(heldOut, 500).fit(images);
 * System.out.println(report);
 * double loss = report.last().loss();
 * double error = report.best().orElseThrow().normalizedError();
 * }</pre>
 *
 * @param last the metrics of the last step
 * @param stopReason the reason why the run ended
 * @param evaluations the evaluations on held-out data, in order; empty if there were none
 * @param best the best evaluation according to {@link Trainer#monitor}; empty if there was none
 * @param modelStep the step whose weights the model has: the last step, or the step of the best
 *     evaluation if {@link Trainer#stopEarly} is set
 * @param clippedSteps the number of steps in which gradients were clipped
 * @param skippedFiles the number of corrupt files skipped in the folder of training images
 * @param variance the variance of the training images' pixels
 * @param seconds the duration of the run in seconds, including evaluation and listeners
 * @param imagesPerSecond the throughput of the training steps over the whole run, excluding
 *     evaluation and listeners
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
            "%s in %.1f s (%.0f images/s)%n  training:  %s",
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
          String.format(Locale.ROOT, "%n  best:      %s (step %d)", best.get(), best.get().step()));
    }
    if (stopReason == StopReason.EARLY_STOPPING) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  stopped early at step %d of %d: held-out metric did not improve",
              last.step(),
              last.steps()));
    }
    if (stopReason == StopReason.INTERRUPTED) {
      text.append(
          String.format(
              Locale.ROOT, "%n  interrupted at step %d of %d", last.step(), last.steps()));
    }
    if (modelStep < last.step()) {
      text.append(String.format(Locale.ROOT, "%n  model has the weights of step %d", modelStep));
    }
    if (clippedSteps > 0) {
      text.append(
          String.format(
              Locale.ROOT, "%n  gradients clipped in %s", Counts.of(clippedSteps, "step")));
    }
    if (skippedFiles > 0) {
      text.append(
          String.format(Locale.ROOT, "%n  %s skipped", Counts.of(skippedFiles, "corrupt file")));
    }
    return text.toString();
  }
}
