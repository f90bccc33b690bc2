package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.metrics.UsageWindow;
import io.github.vqvae4j.model.ImageModel;
import java.util.concurrent.CancellationException;

/** A run of a {@link Trainer}: executes steps and evaluations and notifies listeners. */
final class TrainingLoop {
  /** The number of steps in the code usage of reports. */
  private static final int USAGE_WINDOW = 100;

  private final long start = System.nanoTime();
  private final Dataset data;
  private final double variance;
  private final TrainingSettings settings;
  private final Optimizer optimizer;
  private final WeightAverages averages;
  private final Evaluations evaluations;
  private final TrainingListeners listeners;
  private final TrainingStep training;
  private final UsageWindow window;
  private final Stopwatch stopwatch = new Stopwatch();
  private StepReport last;
  private boolean stopped;

  /**
   * Creates a run without starting it.
   *
   * @param averages the weight averages; null for none
   */
  TrainingLoop(
      ImageModel model,
      Dataset data,
      TrainingSettings settings,
      Optimizer optimizer,
      Schedule schedule,
      WeightAverages averages,
      Evaluations.Settings evaluationSettings,
      TrainingListeners listeners) {
    this.data = data;
    this.settings = settings;
    this.optimizer = optimizer;
    this.averages = averages;
    this.listeners = listeners;
    variance = data.variance();
    evaluations = new Evaluations(evaluationSettings, model, variance, averages);
    training = new TrainingStep(model, data, variance, optimizer, schedule, settings);
    window = new UsageWindow(USAGE_WINDOW, model.codebookSize());
  }

  TrainingReport run() {
    // Closed last, so that a process shutdown waits until listeners have been notified.
    try (StopRequest stop = new StopRequest();
        Batches batches = Batches.shuffled(data, settings.batch(), settings.seed())) {
      try {
        listeners.forEach(listener -> listener.onStart(settings));
        stopped = stop.isRequested();
        if (!stopped) {
          training.initialize();
        }
        runSteps(batches, stop);
        evaluations.restoreBest();
      } catch (Throwable failure) {
        if (failure instanceof DivergenceException) {
          optimizer.reset();
        }
        listeners.onFailure(failure, last == null ? 0 : last.step());
        throw failure;
      }
      TrainingReport report = report();
      listeners.onEnd(report);
      return report;
    }
  }

  private void runSteps(Batches batches, StopRequest stop) {
    long steps = settings.steps();
    for (long step = 1; step <= steps && !evaluations.shouldStop() && !stopped; step++) {
      stopped = stop.isRequested();
      if (!stopped) {
        try {
          runStep(step, batches, stop);
        } catch (CancellationException e) {
          // Thrown while waiting for images or evaluating.
          stopped = stop.isRequested();
          if (!stopped) {
            throw e;
          }
        }
      }
    }
    if (last == null) {
      throw new CancellationException(
          "Trainer.fit: interrupted before the first step completed. The model is unchanged, except"
              + " that a codebook initialized from data may have been initialized.");
    }
  }

  private void runStep(long step, Batches batches, StopRequest stop) {
    stopwatch.start();
    StepResult result = training.run(step, batches);
    if (averages != null) {
      averages.update();
    }
    window.add(result.usage());
    stopwatch.stop(settings.batch() * settings.accumulate());
    last = result.report(step, settings.steps(), window.usage(), stopwatch.recentImagesPerSecond());
    // Clears a pending interrupt, so that listeners do not see it.
    stop.isRequested();
    listeners.forEach(listener -> listener.onStep(last));
    evaluations.afterStep(step, settings.steps(), listeners, stop::isRequested);
    listeners.forEach(listener -> listener.onStepEnd(step));
  }

  private TrainingReport report() {
    return new TrainingReport(
        last,
        stopReason(),
        evaluations.all(),
        evaluations.best(),
        evaluations.restoredStep().orElse(last.step()),
        training.clippedSteps(),
        data.skippedFiles(),
        variance,
        (System.nanoTime() - start) / 1e9,
        stopwatch.imagesPerSecond());
  }

  private StopReason stopReason() {
    if (stopped) {
      return StopReason.INTERRUPTED;
    }
    return last.step() < settings.steps() ? StopReason.EARLY_STOPPING : StopReason.MAX_STEPS;
  }
}
