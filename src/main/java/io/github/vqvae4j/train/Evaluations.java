package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.io.BadFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.function.ToDoubleFunction;

/** Runs the evaluations of a training run, tracks the best one and decides on early stopping. */
final class Evaluations<B> {
  /**
   * The evaluation settings of a trainer.
   *
   * @param heldOut the held-out data; null for no evaluations
   * @param metric the monitored metric, lower is better
   * @param patience the number of evaluations without improvement that stop the run; 0 for no early
   *     stopping
   * @param bestFile the file of the best model; null for none
   */
  record Settings<B>(
      Source<B> heldOut,
      long everySteps,
      ToDoubleFunction<Evaluation> metric,
      int patience,
      Path bestFile) {}

  private static final String BEST = "best/";

  /**
   * The scalars of a checkpoint.
   *
   * @param step the step of the best evaluation; 0 if there is none
   */
  private record Saved(long step, String value, int evaluationsSince) {}

  private final Settings<B> settings;
  private final Trainable<B> model;
  private final List<Objective<B>> objectives;
  private final WeightAverages averages;
  private final int threads;
  private double bestValue = Double.POSITIVE_INFINITY;
  private Evaluation best;
  private ModelSnapshot bestWeights;

  /** The weights after the last step, once those of the best evaluation have been restored. */
  private ModelSnapshot lastWeights;

  private int evaluationsSinceBest;

  /**
   * Creates the evaluations of a run, without running one.
   *
   * @param averages the weights to evaluate; null for the model's own weights
   * @param threads the maximum number of threads that compute losses
   */
  Evaluations(
      Settings<B> settings,
      Trainable<B> model,
      List<Objective<B>> objectives,
      WeightAverages averages,
      int threads) {
    this.settings = settings;
    this.model = model;
    this.objectives = objectives;
    this.averages = averages;
    this.threads = threads;
  }

  /** Returns whether an evaluation is due after a step. */
  boolean isDue(long step) {
    return settings.heldOut != null && step % settings.everySteps == 0;
  }

  /**
   * Evaluates the model after the last step, unless it has been evaluated after that step.
   *
   * @throws CancellationException if the run is stopped during the evaluation
   */
  void run(TrainingRun run) {
    if (settings.heldOut == null || run.isEvaluated()) {
      return;
    }
    swapAverages();
    try {
      Evaluation evaluation =
          Evaluation.after(
              run.step(), model, objectives, settings.heldOut, threads, run::isStopped);
      monitor(evaluation);
      run.notifyEvaluation(evaluation);
    } finally {
      swapAverages();
    }
  }

  private void swapAverages() {
    if (averages != null) {
      averages.swap();
    }
  }

  /** Updates the best evaluation. A tie or NaN is not an improvement. */
  private void monitor(Evaluation evaluation) {
    double value = settings.metric.applyAsDouble(evaluation);
    boolean needed = settings.patience > 0 || settings.bestFile != null;
    if (needed && Double.isNaN(value) && evaluation.losses().size() > 1) {
      throw new IllegalStateException(
          "Trainer."
              + (settings.patience > 0 ? "stopEarly" : "saveBest")
              + ": expected a value by which evaluations of a model with several objectives are"
              + " compared, got NaN. Call monitor(..) too.");
    }
    if (!(value < bestValue)) {
      evaluationsSinceBest++;
      return;
    }
    // First of all: if it fails, a resumed run repeats the evaluation.
    save(evaluation.step());
    bestValue = value;
    best = evaluation;
    evaluationsSinceBest = 0;
    if (settings.patience > 0) {
      bestWeights = new ModelSnapshot(model);
    }
  }

  private void save(long step) {
    try {
      if (settings.bestFile != null) {
        model.save(settings.bestFile);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Trainer.saveBest: cannot save the best model, after step "
              + step
              + ". Training stopped. The model in memory has the weights of that step; save it"
              + " elsewhere. "
              + e.getMessage(),
          e);
    }
  }

  /** Returns whether the run should stop early. */
  boolean shouldStop() {
    return settings.patience > 0 && evaluationsSinceBest >= settings.patience;
  }

  /** Restores the weights of the best evaluation if early stopping is enabled. */
  void restoreBest() {
    if (bestWeights != null) {
      lastWeights = new ModelSnapshot(model);
      bestWeights.restore();
    }
  }

  /** Returns the weights after the last step, also if those of the best have been restored. */
  ModelSnapshot lastWeights() {
    return lastWeights == null ? new ModelSnapshot(model) : lastWeights;
  }

  /** Adds the best evaluation and its weights to a checkpoint. */
  void save(SavedState state) {
    if (bestWeights != null) {
      bestWeights.save(model, BEST, state);
    }
    state.put(
        "best",
        new Saved(best == null ? 0 : best.step(), String.valueOf(bestValue), evaluationsSinceBest));
  }

  /**
   * Takes the best evaluation and its weights from a checkpoint.
   *
   * @param evaluations those of the run so far
   */
  void restore(SavedState state, List<Evaluation> evaluations) throws BadFileException {
    Saved saved = state.get("best", Saved.class);
    best = evaluations.stream().filter(e -> e.step() == saved.step).findFirst().orElse(null);
    bestValue = Double.parseDouble(saved.value);
    evaluationsSinceBest = saved.evaluationsSince;
    if (best != null && settings.patience > 0) {
      bestWeights = new ModelSnapshot(model, BEST, state);
    }
  }

  /** Returns the step whose weights {@link #restoreBest} restores. */
  Optional<Long> restoredStep() {
    return bestWeights == null ? Optional.empty() : Optional.of(best.step());
  }

  Optional<Evaluation> best() {
    return Optional.ofNullable(best);
  }
}
