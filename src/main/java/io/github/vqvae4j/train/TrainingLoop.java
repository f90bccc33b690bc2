package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.metrics.UsageWindow;
import io.github.vqvae4j.model.ImageModel;
import java.util.concurrent.CancellationException;

/** One run of a {@link Trainer}: its steps, its evaluations, and what its listeners hear. */
final class TrainingLoop {
  /** Steps over which code usage is summed up in reports. */
  private static final int USAGE_WINDOW = 100;

  private final long begin = System.nanoTime();
  private final Dataset data;
  private final double variance;
  private final TrainingSettings settings;
  private final Optimizer optimizer;
  private final WeightAverages averages;
  private final Evaluations evaluations;
  private final Listeners listeners;
  private final TrainingStep training;
  private final UsageWindow window;
  private final Stopwatch stopwatch = new Stopwatch();
  private StepReport last;
  private boolean stopped;

  /**
   * A run that has not begun.
   *
   * @param averages null for none
   */
  TrainingLoop(
      ImageModel model,
      Dataset data,
      TrainingSettings settings,
      Optimizer optimizer,
      Schedule schedule,
      WeightAverages averages,
      Evaluations.Plan plan,
      Listeners listeners) {
    this.data = data;
    this.settings = settings;
    this.optimizer = optimizer;
    this.averages = averages;
    this.listeners = listeners;
    variance = data.variance();
    evaluations = new Evaluations(plan, model, variance, averages);
    training = new TrainingStep(model, data, variance, optimizer, schedule, settings);
    window = new UsageWindow(USAGE_WINDOW, model.codebookSize());
  }

  TrainingReport run() {
    // Closed last: a process that shall end waits until the listeners know.
    try (StopRequest stop = new StopRequest();
        Batches batches = Batches.shuffled(data, settings.batch(), settings.seed())) {
      try {
        listeners.tell(listener -> listener.onStart(settings));
        stopped = stop.asked();
        if (!stopped) {
          training.initialize();
        }
        steps(batches, stop);
        evaluations.restoreBest();
      } catch (Throwable failure) {
        if (failure instanceof DivergenceException) {
          optimizer.reset();
        }
        listeners.fail(failure, last == null ? 0 : last.step());
        throw failure;
      }
      TrainingReport report = report();
      listeners.end(report);
      return report;
    }
  }

  private void steps(Batches batches, StopRequest stop) {
    long steps = settings.steps();
    for (long n = 1; n <= steps && !evaluations.enough() && !stopped; n++) {
      stopped = stop.asked();
      if (!stopped) {
        try {
          step(n, batches, stop);
        } catch (CancellationException e) {
          // Thrown where the run waited for images, or evaluated.
          stopped = stop.asked();
          if (!stopped) {
            throw e;
          }
        }
      }
    }
    if (last == null) {
      throw new CancellationException(
          "Trainer: expected time for a step or more, but the thread was interrupted or the process"
              + " asked to end before the first was done. No step changed the model, but a codebook"
              + " that starts from the data may have started.");
    }
  }

  private void step(long n, Batches batches, StopRequest stop) {
    stopwatch.start();
    StepResult result = training.take(n, batches);
    if (averages != null) {
      averages.update();
    }
    window.add(result.usage());
    stopwatch.stop(settings.batch() * settings.accumulate());
    last = result.report(n, settings.steps(), window.usage(), stopwatch.recentRate());
    // Takes an interrupt away from the listeners.
    stop.asked();
    listeners.tell(listener -> listener.onStep(last));
    evaluations.after(n, settings.steps(), listeners, stop::asked);
    listeners.tell(listener -> listener.onStepEnd(n));
  }

  private TrainingReport report() {
    return new TrainingReport(
        last,
        stopReason(),
        evaluations.all(),
        evaluations.best(),
        evaluations.restored().orElse(last.step()),
        training.clipped(),
        data.skippedFiles(),
        variance,
        (System.nanoTime() - begin) / 1e9,
        stopwatch.rate());
  }

  private StopReason stopReason() {
    if (stopped) {
      return StopReason.INTERRUPTED;
    }
    return last.step() < settings.steps() ? StopReason.EARLY_STOPPING : StopReason.MAX_STEPS;
  }
}
