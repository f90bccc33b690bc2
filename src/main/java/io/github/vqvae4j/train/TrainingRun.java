package io.github.vqvae4j.train;

import io.github.vqvae4j.nn.Block;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A training run in progress, as its listeners see it. Also the way to report the progress of a
 * custom training loop:
 *
 * <pre>{@code
 * Optimizer optimizer = Adam.rate(1e-3);
 * WeightAverages averages = WeightAverages.of(model, 0.99);
 * TrainingReport report =
 *     TrainingRun.execute(model, 1_000, List.of(new ProgressLog()), run -> {
 *       for (long n = 1; n <= 1_000 && !run.isStopped(); n++) {
 *         try (Step step = Step.training(new RngKey(42, n, 0))) {
 *           Tensor inputs = step.tensor(batch.images(), 32, 28, 28, 1);
 *           Tensor loss = model.forward(inputs).meanSquaredError(inputs);
 *           loss.backward();
 *           Gradients gradients = Gradients.of(step).clipNorm(model.parameters(), 1);
 *           optimizer.update(model.parameters(), gradients, optimizer.rate());
 *           step.commit();
 *           averages.update();
 *           run.reportStep(32, BatchLoss.of("reconstruction", loss), optimizer.rate());
 *         }
 *       }
 *     });
 * }</pre>
 */
public final class TrainingRun {
  private final Model model;
  private final TrainingSettings settings;
  private final TrainingListeners listeners;
  private final StopRequest stop;
  private final RunHistory history;

  /** Writes the state of the run to a file; null if it cannot be resumed. */
  private final CheckpointWriter checkpoints;

  /** The thread of the custom training loop while it runs; null otherwise. */
  private volatile Thread loopThread;

  private TrainingRun(
      Model model,
      TrainingSettings settings,
      TrainingListeners listeners,
      StopRequest stop,
      RunHistory history,
      CheckpointWriter checkpoints) {
    this.model = model;
    this.settings = settings;
    this.listeners = listeners;
    this.stop = stop;
    this.history = history;
    this.checkpoints = checkpoints;
  }

  /**
   * Executes a custom training loop, and notifies listeners of its progress. As in {@link
   * Trainer#fit}, an interrupt of the thread or a shutdown of the process makes {@link #isStopped}
   * true; a CancellationException of a stopped run, as thrown by {@code
   * batches.next(run::isStopped)}, ends the loop; and an exception in the loop is reported to the
   * listeners and rethrown.
   *
   * @param block the block that is trained
   * @param steps the number of steps, for progress reports
   * @param listeners the listeners
   * @param loop the training loop; it calls {@link #reportStep} after each step
   * @return the report of the run; its reason is {@link StopReason#STOPPED} if the loop returned
   *     before its last step
   * @throws IllegalStateException if the loop returned without reporting a step
   * @throws CancellationException if the run was stopped or interrupted before its first step
   */
  public static TrainingReport execute(
      Block block, long steps, List<TrainingListener> listeners, Consumer<TrainingRun> loop) {
    Model model = block instanceof Model own ? own : new BlockModel(block);
    return run(
        model,
        TrainingSettings.custom(steps),
        listeners,
        new RunHistory(),
        null,
        run -> {
          run.history.stopwatch().start();
          run.loopThread = Thread.currentThread();
          try {
            loop.accept(run);
          } catch (CancellationException e) {
            if (!run.isStopped()) { // otherwise thrown by batches.next(run::isStopped)
              throw e;
            }
          } finally {
            run.loopThread = null;
          }
          if (run.last() == null && !run.isStopped()) {
            throw new IllegalStateException(
                "TrainingRun.execute: the loop returned without reporting a step. Call"
                    + " run.reportStep(..) after each step.");
          }
          run.requireStep();
          StopReason end = run.step() < steps ? StopReason.STOPPED : StopReason.MAX_STEPS;
          return run.report(run.stopReason().orElse(end), Optional.empty(), run.step(), 0, 0, 0);
        });
  }

  /**
   * Runs a training loop that returns its report, and notifies the listeners.
   *
   * @param history empty, or that of the run that is resumed
   * @param checkpoints writes the state of the run; null if it cannot be resumed
   */
  static TrainingReport run(
      Model model,
      TrainingSettings settings,
      List<TrainingListener> listeners,
      RunHistory history,
      CheckpointWriter checkpoints,
      Function<TrainingRun, TrainingReport> loop) {
    // Closed last, so that a process shutdown waits until listeners have been notified.
    try (StopRequest stop = new StopRequest()) {
      TrainingListeners all = new TrainingListeners(listeners);
      TrainingRun run = new TrainingRun(model, settings, all, stop, history, checkpoints);
      TrainingReport report;
      try {
        all.forEach(listener -> listener.onStart(run));
        report = loop.apply(run);
        if (report.stopReason() == StopReason.INTERRUPTED) {
          all.forEach(listener -> listener.onInterrupt(run));
        }
      } catch (Throwable failure) {
        all.onFailure(run, failure);
        throw failure;
      }
      all.onEnd(run, report);
      return report;
    }
  }

  /**
   * Returns the model.
   *
   * @return the model, whose weights are those after the last completed step
   */
  public Model model() {
    return model;
  }

  /**
   * Returns the settings of the run.
   *
   * @return the settings
   */
  public TrainingSettings settings() {
    return settings;
  }

  /**
   * Returns the last completed step.
   *
   * @return the step, counted from 1; 0 before the first has completed
   */
  public long step() {
    return last() == null ? 0 : last().step();
  }

  /**
   * Stops the run after the current step. A wait for data and an evaluation in progress are
   * aborted, but not the computation of the variance of the data. May be called from any thread.
   * The report then has the reason {@link StopReason#STOPPED}; if no step has completed, {@link
   * Trainer#fit} throws CancellationException.
   */
  public void stop() {
    stop.stop();
  }

  /**
   * Returns whether the run should end: {@link #stop} was called, the training thread was
   * interrupted or the process is shutting down. A custom training loop returns then.
   *
   * @return whether the run should end
   */
  public boolean isStopped() {
    return stop.isRequested();
  }

  /**
   * Saves the model.
   *
   * @param file the file, which is replaced atomically
   * @throws UncheckedIOException if the file cannot be written; unless the listener catches it, it
   *     ends the run
   */
  public void save(Path file) {
    Objects.requireNonNull(file, "TrainingRun.save: expected a file, got null.");
    try {
      model.save(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Reports a step of a custom training loop to the listeners.
   *
   * @param examples the number of examples in the batch
   * @param loss the loss of the batch, whose step must be open
   * @param learningRate the learning rate
   * @throws IllegalStateException if the call is not one of the loop of {@link #execute}, in its
   *     thread, or the run is that of a {@link Trainer}
   */
  public void reportStep(int examples, BatchLoss loss, double learningRate) {
    requireLoop("reportStep");
    LossReport values = LossReport.of("", loss);
    ObjectiveReport objective = new ObjectiveReport(step() + 1, values, learningRate, Double.NaN);
    endStep(examples, List.of(objective), loss.usage());
    notifyStepEnd();
    history.stopwatch().start();
  }

  /**
   * Reports an evaluation of a custom training loop to the listeners, after {@link #reportStep} for
   * the evaluated step. The model has the weights of that step, not their averages. The time since
   * the last step does not count as training.
   *
   * @param evaluation the metrics, as returned by {@link Evaluation#of}
   * @throws IllegalStateException if the call is not one of the loop of {@link #execute}, in its
   *     thread, or the run is that of a {@link Trainer}
   */
  public void reportEvaluation(Evaluation evaluation) {
    requireLoop("reportEvaluation");
    notifyEvaluation(
        new Evaluation(step(), evaluation.losses(), evaluation.metrics(), evaluation.usage()));
    history.stopwatch().start();
  }

  private void requireLoop(String method) {
    if (Thread.currentThread() != loopThread) {
      throw new IllegalStateException(
          "TrainingRun."
              + method
              + ": expected a call in the loop of TrainingRun.execute, on its thread and before it"
              + " returns. "
              + (settings.objectives().isEmpty()
                  ? "Report from the loop itself."
                  : "A Trainer reports its steps and evaluations itself; remove the call."));
    }
  }

  /** Returns whether this is the run of a custom training loop. */
  boolean isCustom() {
    return loopThread != null;
  }

  /** Starts measuring the duration of a step. */
  void startStep() {
    history.stopwatch().start();
  }

  /** Completes a step and notifies the listeners. */
  void endStep(int examples, List<ObjectiveReport> objectives, List<CodebookUsage> usage) {
    StepReport report = history.addStep(settings.steps(), examples, objectives, usage);
    MetricNames.latest(report); // checks them
    history.setLast(report);
    // Clears a pending interrupt, so that listeners do not see it.
    stop.isRequested();
    listeners.forEach(listener -> listener.onStep(this, report));
  }

  /** Keeps an evaluation and notifies the listeners. */
  void notifyEvaluation(Evaluation evaluation) {
    MetricNames.of(evaluation); // checks them
    history.evaluations().add(evaluation);
    listeners.forEach(listener -> listener.onEvaluation(this, evaluation));
  }

  void notifyStepEnd() {
    long step = step();
    listeners.forEach(listener -> listener.onStepEnd(this, step));
  }

  /** Returns why the run was asked to end; empty if it was not. */
  Optional<StopReason> stopReason() {
    return stop.reason();
  }

  StepReport last() {
    return history.last();
  }

  /** Returns the checkpoint from which the run was resumed; empty if there is none. */
  Optional<Path> checkpoint() {
    return history.checkpoint();
  }

  /** Returns what writes the state of the run; empty if it cannot be resumed. */
  Optional<CheckpointWriter> checkpoints() {
    return Optional.ofNullable(checkpoints);
  }

  /** Returns whether the model has been evaluated after the last step. */
  boolean isEvaluated() {
    List<Evaluation> evaluations = history.evaluations();
    return !evaluations.isEmpty() && evaluations.get(evaluations.size() - 1).step() == step();
  }

  double seconds() {
    return history.seconds();
  }

  /** Throws CancellationException if the run has ended before its first step. */
  void requireStep() {
    if (last() == null) {
      throw new CancellationException(
          "TrainingRun: ended before the first step completed. The model is unchanged, except"
              + " that a codebook initialized from data may have been initialized.");
    }
  }

  /** Returns the report of the run, which has completed a step. */
  TrainingReport report(
      StopReason reason,
      Optional<Evaluation> best,
      long modelStep,
      long clippedSteps,
      int skippedFiles,
      double secondsWaited) {
    return new TrainingReport(
        last(),
        reason,
        List.copyOf(history.evaluations()),
        best,
        modelStep,
        clippedSteps,
        skippedFiles,
        seconds(),
        history.stopwatch().examplesPerSecond(),
        secondsWaited);
  }
}
