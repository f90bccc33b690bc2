package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.metrics.UsageWindow;
import io.github.vqvae4j.model.BatchLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.TrainingProgress;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Trains a model of images, as a {@link io.github.vqvae4j.model.VqVae VqVae}.
 *
 * <pre>{@code
 * TrainingReport report = Trainer.of(model)
 *     .optimizer(Adam.rate(3e-4))
 *     .batch(32).steps(1_000)
 *     .evaluate(digits.test(), 500)
 *     .listen(new ProgressLog())
 *     .fit(digits.train());
 * }</pre>
 *
 * <p>Each step: a shuffled batch; forward; the model's {@link ImageModel#loss}; backward; a check
 * that every term and every gradient is finite; the optimizer; then the model's own updates, such
 * as a codebook's. With the same seed, data, machine and number of threads two runs give the same
 * bits.
 */
public final class Trainer {
  /** Batches over which code usage is summed up in reports. */
  private static final int USAGE_WINDOW = 100;

  private final ImageModel model;
  private Optimizer optimizer = Adam.rate(3e-4);
  private int batch = 32;
  private long steps = 1_000;
  private long seed = 42;
  private Dataset heldOut;
  private long evaluateEvery;
  private final List<TrainingListener> listeners = new ArrayList<>();

  private Trainer(ImageModel model) {
    this.model = model;
  }

  /**
   * A trainer with Adam at 3e-4, batches of 32 and 1,000 steps.
   *
   * @param model changed in place
   * @return the trainer
   */
  public static Trainer of(ImageModel model) {
    return new Trainer(model);
  }

  /**
   * Sets the optimizer.
   *
   * @param newOptimizer not used for another model
   * @return this trainer
   */
  public Trainer optimizer(Optimizer newOptimizer) {
    optimizer = newOptimizer;
    return this;
  }

  /**
   * Sets the images in a batch.
   *
   * @param images at least 1, and not more than there are
   * @return this trainer
   */
  public Trainer batch(int images) {
    batch = images;
    return this;
  }

  /**
   * Sets the number of steps.
   *
   * @param count at least 1
   * @return this trainer
   */
  public Trainer steps(long count) {
    if (count < 1) {
      throw new IllegalArgumentException("Trainer: expected at least 1 step, got " + count + ".");
    }
    steps = count;
    return this;
  }

  /**
   * Sets the seed of shuffling and of random choices while training; by default 42.
   *
   * @param newSeed any number
   * @return this trainer
   */
  public Trainer seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Has the model evaluated on held-out data every so many steps and at the end.
   *
   * @param data not trained on
   * @param everySteps at least 1
   * @return this trainer
   */
  public Trainer evaluate(Dataset data, long everySteps) {
    if (everySteps < 1) {
      throw new IllegalArgumentException(
          "Trainer.evaluate: expected an interval of at least 1 step, got " + everySteps + ".");
    }
    heldOut = data;
    evaluateEvery = everySteps;
    return this;
  }

  /**
   * Adds somebody to be told how it goes.
   *
   * @param listener called on the training thread
   * @return this trainer
   */
  public Trainer listen(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Trains.
   *
   * @param data the training images
   * @return how it went
   * @throws DivergenceException if a term, a gradient or the error on held-out data became NaN or
   *     infinite
   * @throws IllegalArgumentException if the batch is larger than the data, or the images do not fit
   *     the model
   */
  public TrainingReport fit(Dataset data) {
    long begin = System.nanoTime();
    checkHeldOut(data);
    double variance = data.variance();
    List<Parameter> parameters = model.parameters();
    Rng rng = new Rng(seed);
    UsageWindow window = new UsageWindow(USAGE_WINDOW, model.codebookSize());
    Stopwatch stopwatch = new Stopwatch();
    List<Evaluation> evaluations = new ArrayList<>();
    StepReport report = null;

    try (Batches batches = Batches.shuffled(data, batch, seed)) {
      model.start(data, batch, seed, rng);
      for (long n = 1; n <= steps; n++) {
        stopwatch.start();
        StepResult result = step(n, batches.next(), variance, parameters, rng);
        window.add(result.usage());
        stopwatch.stop(batch);
        report = result.report(n, steps, window.usage(), stopwatch.recentRate());
        for (TrainingListener listener : listeners) {
          listener.onStep(report);
        }
        if (heldOut != null && (n % evaluateEvery == 0 || n == steps)) {
          Evaluation evaluation = Evaluation.after(n, model, heldOut, variance);
          evaluations.add(evaluation);
          listeners.forEach(listener -> listener.onEvaluation(evaluation));
        }
      }
    }
    TrainingReport whole =
        new TrainingReport(
            report,
            List.copyOf(evaluations),
            variance,
            (System.nanoTime() - begin) / 1e9,
            stopwatch.rate());
    listeners.forEach(listener -> listener.onEnd(whole));
    return whole;
  }

  private StepResult step(
      long n, Batch images, double variance, List<Parameter> parameters, Rng rng) {
    long[] rngBefore = rng.state();
    try (Step step = Step.training(rng)) {
      BatchLoss loss = model.loss(images(step, images), new TrainingProgress(n, variance));
      Tensor total = LossTerm.total(loss.terms());
      StepResult result = StepResult.of(loss.terms(), total, loss.usage());
      result.checkFinite(n);
      total.backward();
      checkGradients(n, step);
      optimizer.update(parameters, step);
      step.commit();
      return result;
    } catch (DivergenceException e) {
      rng.restore(rngBefore);
      throw e;
    }
  }

  private void checkGradients(long n, Step step) {
    for (Map.Entry<String, Variable> entry : model.variables().entrySet()) {
      Tensor gradient = step.gradient(entry.getValue());
      if (gradient != null) {
        double sum = FiniteCheck.sumOfSquares(gradient);
        if (!Double.isFinite(sum)) {
          throw DivergenceException.inStep(n, "the gradient of " + entry.getKey(), sum);
        }
      }
    }
  }

  /** What would else be found only at the first evaluation. */
  private void checkHeldOut(Dataset data) {
    if (heldOut != null
        && (heldOut.size() == 0
            || heldOut.height() != data.height()
            || heldOut.width() != data.width()
            || heldOut.channels() != data.channels())) {
      throw new IllegalArgumentException(
          "Trainer.evaluate: expected one or more images "
              + shape(data)
              + " as those trained on, got "
              + heldOut.size()
              + " images "
              + shape(heldOut)
              + ".");
    }
  }

  private static String shape(Dataset data) {
    return "[" + data.height() + ", " + data.width() + ", " + data.channels() + "]";
  }

  static Tensor images(Step step, Batch batch) {
    return step.tensor(
        batch.images(), batch.count(), batch.height(), batch.width(), batch.channels());
  }
}
