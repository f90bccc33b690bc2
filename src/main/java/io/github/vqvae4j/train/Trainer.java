package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.metrics.UsageWindow;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.model.VqVaeOutput;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a {@link VqVae}.
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
 * <p>Each step: a shuffled batch; forward; the {@link VqVaeLoss}; backward; a check that every term
 * and every gradient is finite; the optimizer; then the quantizer's own update. With the same seed,
 * data, machine and number of threads two runs give the same bits.
 */
public final class Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  /** Batches over which code usage is summed up in reports. */
  private static final int USAGE_WINDOW = 100;

  private final VqVae model;
  private Optimizer optimizer = Adam.rate(3e-4);
  private int batch = 32;
  private long steps = 1_000;
  private long seed = 42;
  private Dataset heldOut;
  private long evaluateEvery;
  private final List<TrainingListener> listeners = new ArrayList<>();

  private Trainer(VqVae model) {
    this.model = model;
  }

  /**
   * A trainer with Adam at 3e-4, batches of 32 and 1,000 steps.
   *
   * @param model changed in place
   * @return the trainer
   */
  public static Trainer of(VqVae model) {
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
    VqVaeLoss loss = new VqVaeLoss(variance);
    List<Parameter> parameters = model.parameters();
    Rng rng = new Rng(seed);
    UsageWindow window = new UsageWindow(USAGE_WINDOW, model.quantizer().codebookSize());
    Stopwatch stopwatch = new Stopwatch();
    List<Evaluation> evaluations = new ArrayList<>();
    StepReport report = null;

    try (Batches batches = Batches.shuffled(data, batch, seed)) {
      startQuantizer(data, rng);
      for (long n = 1; n <= steps; n++) {
        stopwatch.start();
        StepResult result = step(n, batches.next(), loss, parameters, rng);
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
      long n, Batch images, VqVaeLoss loss, List<Parameter> parameters, Rng rng) {
    long[] rngBefore = rng.state();
    try (Step step = Step.training(rng)) {
      VqVaeOutput output = model.run(images(step, images));
      List<LossTerm> terms = loss.terms(output);
      Tensor total = LossTerm.total(terms);
      StepResult result = StepResult.of(terms, total, output.quantized().usage());
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

  /** Shows the quantizer the vectors of the first batches, if it wants to start from some. */
  private void startQuantizer(Dataset data, Rng rng) {
    int wanted = model.quantizer().vectorsToStart();
    if (wanted == 0) {
      return;
    }
    int dimension = model.quantizer().dimension();
    List<float[]> parts = new ArrayList<>();
    try (Batches batches = Batches.shuffled(data, batch, seed)) {
      long epoch = data.size() / batch;
      for (long count = 0; parts.size() < epoch && count < wanted; ) {
        try (Step step = Step.inference()) {
          parts.add(model.vectors(images(step, batches.next())).toFloats());
        }
        count += parts.get(0).length / dimension;
      }
    }
    int each = parts.get(0).length;
    float[] vectors = new float[parts.size() * each];
    for (int i = 0; i < parts.size(); i++) {
      System.arraycopy(parts.get(i), 0, vectors, i * each, each);
    }
    LOG.info("Starting the codebook from {} vectors of the data.", vectors.length / dimension);
    model.quantizer().start(vectors, each / dimension, rng);
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
