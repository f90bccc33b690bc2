package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.image.Batch;
import io.github.vqvae4j.data.image.Dataset;
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
 * The metrics of a model on a dataset: reconstruction error, loss terms and code usage.
 *
 * <pre>{@code
 * Evaluation evaluation = Evaluation.of(model, heldOut, images.variance());
 * System.out.println(evaluation); // MSE 0.00571, normalized MSE 0.0604, PSNR 22.44 dB, ..
 * double normalizedError = evaluation.normalizedError();
 * }</pre>
 *
 * <p>During training, {@link Trainer#evaluate} computes one at regular intervals.
 *
 * @param step the training step after which the model was evaluated; 0 outside a training run
 * @param terms the loss terms, averaged over all images; for a {@link
 *     io.github.vqvae4j.model.vae.Vae Vae}, the two terms of the negative evidence lower bound
 * @param meanSquaredError the mean squared error (MSE) over all pixels of all images
 * @param unitRange whether pixels are in [0, 1], so that a PSNR is defined; false for unbounded
 *     values such as samples of a time series
 * @param variance the variance of the training images' pixels, which normalizes the error
 * @param usage the code usage over the whole dataset; has 0 codes for a model without a codebook
 */
public record Evaluation(
    long step,
    List<TermReport> terms,
    double meanSquaredError,
    boolean unitRange,
    double variance,
    CodeUsage usage) {
  /** Evaluates with the final loss weights, so that losses are comparable during a warm-up. */
  private static final long AFTER_WARM_UPS = Long.MAX_VALUE;

  /**
   * Evaluates a model on a dataset. The model is not changed.
   *
   * @param model the model
   * @param data images of the model's size
   * @param variance the variance of the training images' pixels
   * @return the evaluation, with step 0
   * @throws IllegalArgumentException if there are no images or they do not fit the model
   * @throws DivergenceException if a weight, the error or a loss term is NaN or infinite
   * @throws InsufficientMemoryException if there is not enough memory; see {@link
   *     ImageModel#reconstruct}
   */
  public static Evaluation of(ImageModel model, Dataset data, double variance) {
    return MemoryGuard.run(
        "an evaluation of images " + List.of(data.height(), data.width(), data.channels()),
        4L * ImageModel.inferenceBatchSize(data) * data.imageLength(),
        () -> after(0, model, data, variance, () -> false));
  }

  /**
   * Evaluates a model after a training step.
   *
   * @throws CancellationException if {@code stop} returns true
   */
  static Evaluation after(
      long step, ImageModel model, Dataset data, double variance, BooleanSupplier stop) {
    double sum = 0;
    List<TermReport> terms = List.of();
    CodeUsage usage = CodeUsage.empty(model.codebookSize());
    checkWeights(step, model);
    int start = 0;
    try (Batches batches = Batches.inOrder(data, ImageModel.inferenceBatchSize(data))) {
      for (Batch batch = batches.next(); batch != null; batch = batches.next()) {
        if (stop.getAsBoolean()) {
          throw new CancellationException("stopped while evaluating");
        }
        String imageRange = ", images " + start + " to " + (start + batch.count() - 1);
        TrainingProgress progress = new TrainingProgress(AFTER_WARM_UPS, variance, start);
        try (Step pass = Step.inference()) {
          BatchLoss loss = model.loss(Trainer.images(pass, batch), progress);
          double error = loss.reconstruction().meanSquaredError(loss.target()).item();
          check(step, "the reconstruction error", error, imageRange);
          for (LossTerm term : loss.terms()) {
            check(step, "the " + term.name() + " term", term.value().item(), imageRange);
          }
          sum += error * batch.count();
          usage = usage.plus(loss.usage());
          terms = plus(terms, loss.terms(), (double) batch.count() / data.size());
        } catch (NonFiniteException e) {
          throw DivergenceException.inEvaluation(step, e.description(), e.value(), imageRange);
        }
        start += batch.count();
      }
    }
    return new Evaluation(step, terms, sum / data.size(), data.unitRange(), variance, usage);
  }

  private static void checkWeights(long step, ImageModel model) {
    try {
      model.checkWeights();
    } catch (NonFiniteException e) {
      throw DivergenceException.beforeEvaluation(step, e.description(), e.value());
    }
  }

  private static void check(long step, String name, double value, String imageRange) {
    if (!Double.isFinite(value)) {
      throw DivergenceException.inEvaluation(step, name, value, imageRange);
    }
  }

  /** Adds the loss terms of a batch, weighted by its fraction of all images, to the sums so far. */
  private static List<TermReport> plus(
      List<TermReport> sums, List<LossTerm> batch, double fraction) {
    List<TermReport> results = new ArrayList<>();
    for (int i = 0; i < batch.size(); i++) {
      LossTerm term = batch.get(i);
      double sum = sums.isEmpty() ? 0 : sums.get(i).value();
      double value = sum + fraction * term.value().item();
      results.add(new TermReport(term.name(), value, term.weight()));
    }
    return List.copyOf(results);
  }

  /**
   * Returns the value of a loss term.
   *
   * @param name the name of the term, such as {@code kl}
   * @return the unweighted value
   * @throws IllegalArgumentException if there is no such term
   */
  public double term(String name) {
    return TermReport.value(terms, name);
  }

  /**
   * Returns the loss, computed with the final weights of the terms (after any warm-up).
   *
   * @return the weighted sum of the terms
   */
  public double loss() {
    return terms.stream().mapToDouble(term -> term.weight() * term.value()).sum();
  }

  /**
   * Returns the normalized MSE (MSE / variance). A value of 1 is the error of predicting the mean
   * pixel value.
   *
   * @return the normalized MSE
   */
  public double normalizedError() {
    return meanSquaredError / variance;
  }

  /**
   * Returns the peak signal-to-noise ratio (PSNR) of the mean squared error.
   *
   * @return the PSNR in decibels; empty for unbounded values, which have no peak
   */
  public OptionalDouble psnr() {
    return unitRange
        ? OptionalDouble.of(Psnr.fromMeanSquaredError(meanSquaredError))
        : OptionalDouble.empty();
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "MSE %.5f, normalized MSE %.4f%s%s",
        meanSquaredError,
        normalizedError(),
        unitRange ? String.format(Locale.ROOT, ", PSNR %.2f dB", psnr().getAsDouble()) : "",
        usage.codebookSize() == 0 ? "" : ", " + usage);
  }
}
