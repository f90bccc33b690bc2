package io.github.vqvae4j.train;

import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.Rng;
import java.util.List;
import java.util.concurrent.CancellationException;

/** The loop of a {@link Trainer}: executes steps and evaluations. */
final class TrainingLoop<B> {
  private final Trainable<B> model;
  private final TrainingData<B> data;
  private final TrainingSettings settings;
  private final List<ObjectiveState<B>> objectives;
  private final WeightAverages averages;
  private final Evaluations<B> evaluations;
  private final TrainingStep<B> training;

  /**
   * Creates a loop without starting it.
   *
   * @param averages the weight averages; null for none
   * @param workers compute the shares of each batch
   */
  TrainingLoop(
      Trainable<B> model,
      TrainingData<B> data,
      TrainingSettings settings,
      List<Objective<B>> objectives,
      WeightAverages averages,
      Evaluations.Settings<B> evaluationSettings,
      Workers workers) {
    this.model = model;
    this.data = data;
    this.settings = settings;
    this.averages = averages;
    this.objectives = objectives.stream().map(o -> new ObjectiveState<>(o, model)).toList();
    // A single worker may have been chosen for a loss that is not thread-safe.
    int threads = workers.size() == 1 ? 1 : Threads.count();
    evaluations = new Evaluations<>(evaluationSettings, model, objectives, averages, threads);
    training = new TrainingStep<>(model, data, this.objectives, settings, workers);
  }

  TrainingReport run(TrainingRun run) {
    data.accumulate(settings.accumulate());
    data.stopWhen(run::isStopped);
    try {
      StopReason reason = runSteps(run);
      evaluations.restoreBest();
      return report(run, reason);
    } catch (DivergenceException e) {
      objectives.forEach(state -> state.optimizer().reset());
      throw e;
    }
  }

  private StopReason runSteps(TrainingRun run) {
    StopReason reason;
    try {
      if (!run.isStopped()) {
        training.initialize(() -> model.initialize(data, new Rng(settings.seed())));
      }
      reason = reasonToEnd(run);
      while (reason == null) {
        reason = runStep(run) ? reasonToEnd(run) : StopReason.END_OF_DATA;
      }
      if (reason == StopReason.END_OF_DATA && run.step() == 0) {
        throw new IllegalArgumentException(
            "Trainer.fit: expected a stream of at least "
                + settings.batch() * settings.accumulate()
                + " examples, those of a step, got fewer. Choose a smaller batch.");
      }
      run.requireStep();
      if (run.stopReason().isEmpty()) {
        evaluations.run(run);
      }
    } catch (CancellationException e) {
      // Thrown while waiting for data or evaluating.
      reason = run.stopReason().orElseThrow(() -> e);
    }
    run.requireStep();
    return reason;
  }

  /** Returns why the run should end before its next step, or null. */
  private StopReason reasonToEnd(TrainingRun run) {
    if (run.step() >= settings.steps()) {
      return StopReason.MAX_STEPS;
    }
    if (run.isStopped()) {
      return run.stopReason().orElseThrow();
    }
    if (evaluations.shouldStop()) {
      return StopReason.EARLY_STOPPING;
    }
    boolean limited = settings.maxSeconds() > 0 && run.step() > 0;
    return limited && run.seconds() >= settings.maxSeconds() ? StopReason.MAX_TIME : null;
  }

  /** Runs a step; returns false at the end of the data. */
  private boolean runStep(TrainingRun run) {
    run.startStep();
    long step = run.step() + 1;
    TrainingStep.Result result = training.run(step);
    if (result == null) {
      return false;
    }
    if (averages != null) {
      averages.update();
    }
    run.endStep(settings.batch() * settings.accumulate(), result.objectives(), result.usage());
    try {
      if (evaluations.isDue(step) || step == settings.steps()) {
        evaluations.run(run);
      }
    } catch (CancellationException e) {
      if (run.isStopped()) {
        run.notifyStepEnd();
      }
      throw e;
    }
    run.notifyStepEnd();
    return true;
  }

  private TrainingReport report(TrainingRun run, StopReason reason) {
    return run.report(
        reason,
        evaluations.best(),
        evaluations.restoredStep().orElse(run.step()),
        training.clippedSteps(),
        data.source().map(source -> source.skippedFiles()).orElse(0),
        data.secondsWaited());
  }
}
