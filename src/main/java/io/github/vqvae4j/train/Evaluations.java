package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/** Runs the evaluations of a training run, tracks the best one and decides on early stopping. */
final class Evaluations {
  /**
   * The evaluation settings of a trainer.
   *
   * @param heldOut the held-out data; null for no evaluations
   * @param metric the monitored metric, lower is better
   * @param patience the number of evaluations without improvement that stop the run; 0 for no early
   *     stopping
   * @param bestFile the file of the best model; null for none
   */
  record Settings(
      Dataset heldOut,
      long everySteps,
      ToDoubleFunction<Evaluation> metric,
      int patience,
      Path bestFile) {}

  private final Settings settings;
  private final ImageModel model;
  private final double variance;
  private final WeightAverages averages;
  private final List<Evaluation> all = new ArrayList<>();
  private double bestValue = Double.POSITIVE_INFINITY;
  private Evaluation best;
  private ModelSnapshot bestWeights;
  private int evaluationsSinceBest;

  /**
   * Creates an empty list of evaluations.
   *
   * @param averages the weights to evaluate; null for the model's own weights
   */
  Evaluations(Settings settings, ImageModel model, double variance, WeightAverages averages) {
    this.settings = settings;
    this.model = model;
    this.variance = variance;
    this.averages = averages;
  }

  /**
   * Evaluates the model if an evaluation is due after this step.
   *
   * @throws CancellationException if {@code stop} returns true during the evaluation
   */
  void afterStep(long step, long steps, TrainingListeners listeners, BooleanSupplier stop) {
    if (settings.heldOut != null && (step % settings.everySteps == 0 || step == steps)) {
      swapAverages();
      try {
        Evaluation evaluation = Evaluation.after(step, model, settings.heldOut, variance, stop);
        all.add(evaluation);
        monitor(evaluation);
        listeners.forEach(listener -> listener.onEvaluation(evaluation));
      } finally {
        swapAverages();
      }
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
    evaluationsSinceBest++;
    if (value < bestValue) {
      bestValue = value;
      best = evaluation;
      evaluationsSinceBest = 0;
      if (settings.patience > 0) {
        bestWeights = new ModelSnapshot(model);
      }
      save(evaluation.step());
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
      bestWeights.restore();
    }
  }

  /** Returns the step whose weights {@link #restoreBest} restores. */
  Optional<Long> restoredStep() {
    return bestWeights == null ? Optional.empty() : Optional.of(best.step());
  }

  List<Evaluation> all() {
    return List.copyOf(all);
  }

  Optional<Evaluation> best() {
    return Optional.ofNullable(best);
  }
}
