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
 * double error = report.best().orElseThrow().metric("normalizedMse");
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
 * @param seconds the duration of the run in seconds, including evaluation and listeners
 * @param examplesPerSecond the throughput of the training steps over the whole run, excluding
 *     evaluation and listeners
 * @param secondsWaited the time that training waited for data, in seconds
 */
public record TrainingReport(
    StepReport last,
    StopReason stopReason,
    List<Evaluation> evaluations,
    Optional<Evaluation> best,
    long modelStep,
    long clippedSteps,
    int skippedFiles,
    double seconds,
    double examplesPerSecond,
    double secondsWaited) {
  /** Waits are reported if they take at least this fraction of the time. */
  private static final double WAIT_FRACTION = 0.02;

  /** Shorter waits are not reported. */
  private static final double MIN_WAIT = 0.1;

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%s in %.1f s (%.0f examples/s)%n  training:  %s",
            Counts.of(last.step(), "step"),
            seconds,
            examplesPerSecond,
            last));
    if (!evaluations.isEmpty()) {
      text.append(
          String.format(Locale.ROOT, "%n  held-out:  %s", evaluations.get(evaluations.size() - 1)));
    }
    if (best.isPresent() && best.get().step() < last.step()) {
      text.append(
          String.format(Locale.ROOT, "%n  best:      %s (step %d)", best.get(), best.get().step()));
    }
    if (last.step() < last.steps()) {
      text.append(
          String.format(
              Locale.ROOT,
              "%n  %s at step %d%s%s",
              switch (stopReason) {
                case EARLY_STOPPING -> "stopped early";
                case MAX_TIME -> "reached the time limit";
                case END_OF_DATA -> "reached the end of the data";
                case STOPPED, MAX_STEPS -> "stopped";
                case INTERRUPTED -> "interrupted";
              },
              last.step(),
              last.steps() == StepReport.NO_LIMIT ? "" : " of " + last.steps(),
              stopReason == StopReason.EARLY_STOPPING ? ": held-out metric did not improve" : ""));
    }
    if (secondsWaited >= Math.max(MIN_WAIT, WAIT_FRACTION * seconds)) {
      text.append(String.format(Locale.ROOT, "%n  waited %.1f s for data", secondsWaited));
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
