package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.Rng;
import java.io.UncheckedIOException;
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
  private final RunHistory history = new RunHistory();
  private final RunState<B> state;

  /** The checkpoint from which the run is resumed; null if it starts at its first step. */
  private SavedState resumed;

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
      TrainerSettings trainer,
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
    state =
        new RunState<>(
            model, settings, trainer, this.objectives, averages, evaluations, training, history);
  }

  /**
   * Restores the state of a checkpoint, whose settings have been checked.
   *
   * @throws IllegalStateException if a stream is not at the position of the checkpoint
   * @throws BadFileException if the checkpoint is not that of such a run
   */
  void resume(SavedState checkpoint) throws BadFileException {
    long position = RunState.position(checkpoint);
    if (data.position() != position) {
      throw new IllegalStateException(
          "Trainer.resume: expected a stream at position "
              + position
              + ", after the last example that the run has used, got one at "
              + data.position()
              + ". Open it there.");
    }
    state.restore(checkpoint);
    resumed = checkpoint;
  }

  /** Runs the steps, and notifies the listeners. */
  TrainingReport run(List<TrainingListener> listeners) {
    state.listeners(listeners);
    try {
      return TrainingRun.run(model, settings, listeners, history, state, this::run);
    } catch (DivergenceException e) {
      // Not before the listeners have saved their state.
      objectives.forEach(objective -> objective.optimizer().reset());
      throw e;
    }
  }

  private TrainingReport run(TrainingRun run) {
    data.accumulate(settings.accumulate());
    data.stopWhen(run::isStopped);
    fromCheckpoint(state::restoreListeners);
    StopReason reason = runSteps(run);
    evaluations.restoreBest();
    return report(run, reason);
  }

  private StopReason runSteps(TrainingRun run) {
    StopReason reason;
    try {
      if (!run.isStopped()) {
        training.initialize(this::initialize);
        boolean isDue = resumed != null && evaluations.isDue(run.step());
        if (isDue && !run.isEvaluated()) { // the run was stopped during this evaluation
          evaluations.run(run);
          run.notifyStepEnd();
        }
        resumed = null; // releases its memory
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

  private void initialize() {
    model.initialize(data, new Rng(settings.seed()));
    fromCheckpoint(state::restoreModel);
  }

  private interface Restoration {
    void from(SavedState checkpoint) throws BadFileException;
  }

  /** Restores a part of a resumed run. */
  private void fromCheckpoint(Restoration part) {
    if (resumed != null) {
      try {
        part.from(resumed);
      } catch (BadFileException e) {
        throw new UncheckedIOException(e);
      }
    }
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
    state.position(data.position());
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
