package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.ToDoubleFunction;

/** The evaluations of a run: makes them, and knows and keeps the best. */
final class Evaluations {
  /**
   * What the trainer's user asked for.
   *
   * @param heldOut null for no evaluations
   * @param measure the smaller, the better
   * @param patience evaluations without a better one that are enough; 0 if any number is right
   * @param bestFile null for none
   */
  record Plan(
      Dataset heldOut,
      long everySteps,
      ToDoubleFunction<Evaluation> measure,
      int patience,
      Path bestFile) {}

  private final Plan plan;
  private final ImageModel model;
  private final double variance;
  private final WeightAverages averages;
  private final List<Evaluation> all = new ArrayList<>();
  private double least = Double.POSITIVE_INFINITY;
  private Evaluation best;
  private Snapshot bestWeights;
  private int sinceBest;

  /**
   * None yet.
   *
   * @param averages what is evaluated instead of the model's own weights; null for those
   */
  Evaluations(Plan plan, ImageModel model, double variance, WeightAverages averages) {
    this.plan = plan;
    this.model = model;
    this.variance = variance;
    this.averages = averages;
  }

  /** Evaluates, if it is time; throws CancellationException if asked to stop meanwhile. */
  void after(long n, long steps, Listeners listeners, BooleanSupplier stop) {
    if (plan.heldOut != null && (n % plan.everySteps == 0 || n == steps)) {
      exchangeAverages();
      try {
        Evaluation evaluation = Evaluation.after(n, model, plan.heldOut, variance, stop);
        all.add(evaluation);
        monitor(evaluation);
        listeners.tell(listener -> listener.onEvaluation(evaluation));
      } finally {
        exchangeAverages();
      }
    }
  }

  private void exchangeAverages() {
    if (averages != null) {
      averages.swap();
    }
  }

  /** One that is as good as the best is not better, nor is one that is measured as NaN. */
  private void monitor(Evaluation evaluation) {
    double measured = plan.measure.applyAsDouble(evaluation);
    sinceBest++;
    if (measured < least) {
      least = measured;
      best = evaluation;
      sinceBest = 0;
      if (plan.patience > 0) {
        bestWeights = new Snapshot(model);
      }
      save(evaluation.step());
    }
  }

  private void save(long step) {
    try {
      if (plan.bestFile != null) {
        model.save(plan.bestFile);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Trainer.keepBest: the best model so far, after step "
              + step
              + ", could not be saved, and training stopped. The model in memory is as after that"
              + " step; save it elsewhere. "
              + e.getMessage(),
          e);
    }
  }

  /** Whether patience has run out. */
  boolean enough() {
    return plan.patience > 0 && sinceBest >= plan.patience;
  }

  /** Puts the weights of the best evaluation into the model, if the run may end early. */
  void restoreBest() {
    if (bestWeights != null) {
      bestWeights.restore();
    }
  }

  /** The step whose weights {@link #restoreBest} puts into the model. */
  Optional<Long> restored() {
    return bestWeights == null ? Optional.empty() : Optional.of(best.step());
  }

  List<Evaluation> all() {
    return List.copyOf(all);
  }

  Optional<Evaluation> best() {
    return Optional.ofNullable(best);
  }
}
