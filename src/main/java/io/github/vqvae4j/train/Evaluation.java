package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.metrics.Psnr;
import io.github.vqvae4j.model.BatchLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.TrainingProgress;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;

/**
 * How well a model reconstructs a data set.
 *
 * @param step after which training step; 0 if none
 * @param terms each term of the loss, the mean over all images; those of a {@link
 *     io.github.vqvae4j.model.Vae Vae} are the two of its evidence lower bound
 * @param meanSquaredError over all pixels of all images
 * @param unitRange whether these are pixels in 0..1, which have a PSNR, and not values without
 *     bounds, as samples of a series
 * @param variance what the error is compared with: the variance of the training images' pixels
 * @param usage of the codes in the whole data set; of 0 codes for a model without a codebook
 */
public record Evaluation(
    long step,
    List<TermReport> terms,
    double meanSquaredError,
    boolean unitRange,
    double variance,
    CodeUsage usage) {
  /** Weights that grow are taken as in the end, so that losses can be compared. */
  private static final long AFTER_WARM_UPS = Long.MAX_VALUE;

  /**
   * Reconstructs a whole data set. Nothing in the model changes.
   *
   * @param model any
   * @param data images of its size
   * @param variance of the training images' pixels
   * @return the measures, as of step 0
   * @throws DivergenceException if a weight, the error or a term of the loss is NaN or infinite
   * @throws InsufficientMemoryException as {@link ImageModel#reconstruct}
   */
  public static Evaluation of(ImageModel model, Dataset data, double variance) {
    return MemoryGuard.run(
        "an evaluation of images " + List.of(data.height(), data.width(), data.channels()),
        4L * ImageModel.inferenceBatchSize(data) * data.imageLength(),
        () -> after(0, model, data, variance, () -> false));
  }

  /**
   * As after a step of training.
   *
   * @throws CancellationException if it is asked to stop
   */
  static Evaluation after(
      long step, ImageModel model, Dataset data, double variance, BooleanSupplier stop) {
    double sum = 0;
    List<TermReport> terms = List.of();
    CodeUsage usage = CodeUsage.none(model.codebookSize());
    checkWeights(step, model);
    int from = 0;
    try (Batches batches = Batches.inOrder(data, ImageModel.inferenceBatchSize(data))) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        if (stop.getAsBoolean()) {
          throw new CancellationException("stopped while evaluating");
        }
        String where = ", images " + from + " to " + (from + batch.count() - 1);
        TrainingProgress progress = new TrainingProgress(AFTER_WARM_UPS, variance, from);
        try (Step pass = Step.inference()) {
          BatchLoss loss = model.loss(Trainer.images(pass, batch), progress);
          double error = loss.reconstruction().meanSquaredError(loss.target()).item();
          check(step, "the reconstruction error", error, where);
          for (LossTerm term : loss.terms()) {
            check(step, "the " + term.name() + " term", term.value().item(), where);
          }
          sum += error * batch.count();
          usage = usage.plus(loss.usage());
          terms = plus(terms, loss.terms(), (double) batch.count() / data.size());
        } catch (NonFiniteException e) {
          throw DivergenceException.inEvaluation(step, e.what(), e.value(), where);
        }
        from += batch.count();
      }
    }
    return new Evaluation(step, terms, sum / data.size(), data.unitRange(), variance, usage);
  }

  private static void checkWeights(long step, ImageModel model) {
    try {
      model.checkWeights();
    } catch (NonFiniteException e) {
      throw DivergenceException.beforeEvaluation(step, e.what(), e.value());
    }
  }

  private static void check(long step, String what, double value, String where) {
    if (!Double.isFinite(value)) {
      throw DivergenceException.inEvaluation(step, what, value, where);
    }
  }

  /** The means so far, empty at the start, and a batch's terms as a share of them. */
  private static List<TermReport> plus(List<TermReport> sums, List<LossTerm> batch, double share) {
    List<TermReport> results = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      LossTerm term = batch.get(i);
      double before = sums.isEmpty() ? 0 : sums.get(i).value();
      results.add(new TermReport(term.name(), before + share * term.value().item(), term.weight()));
    }
    return List.copyOf(results);
  }

  /**
   * The value of a term.
   *
   * @param name as {@code kl}
   * @return the value without its weight
   * @throws IllegalArgumentException if there is no such term
   */
  public double term(String name) {
    return TermReport.value(terms, name);
  }

  /**
   * The loss, with the weights that the terms have in the end, after any warm-up.
   *
   * @return the sum of weight times value
   */
  public double loss() {
    return terms.stream().mapToDouble(term -> term.weight() * term.value()).sum();
  }

  /**
   * The error relative to that of the best constant image.
   *
   * @return mean squared error / variance
   */
  public double normalizedError() {
    return meanSquaredError / variance;
  }

  /**
   * Peak signal-to-noise ratio of the mean squared error.
   *
   * @return decibels; empty for values without bounds, which have no peak
   */
  public OptionalDouble psnr() {
    return unitRange
        ? OptionalDouble.of(Psnr.ofUnitRange(meanSquaredError))
        : OptionalDouble.empty();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "MSE %.5f, MSE/variance %.4f%s%s",
        meanSquaredError,
        normalizedError(),
        unitRange ? String.format(Locale.ROOT, ", PSNR %.2f dB", psnr().getAsDouble()) : "",
        usage.codebookSize() == 0 ? "" : ", " + usage);
  }
}
