package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Batch;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains an image model such as a {@link io.github.vqvae4j.model.vqvae.VqVae VqVae} or {@link
 * io.github.vqvae4j.model.vae.Vae Vae}.
 *
 * <pre>{@code
 * TrainingReport report = Trainer.of(model)
 *     .optimizer(Adam.rate(3e-4))
 *     .batch(32).steps(1_000)
 *     .evaluate(digits.test(), 500)
 *     .listener(new ProgressLog())
 *     .fit(digits.train());
 * System.out.println(report);
 * }</pre>
 *
 * <p>Each step draws a shuffled batch, computes {@link ImageModel#loss} and its gradients, runs the
 * optimizer, and then applies buffer updates such as the EMA updates of a codebook.
 *
 * <p>Steps are atomic: weights, loss terms and gradients are checked to be finite. If a value is
 * not, a {@link DivergenceException} names it, and the model is restored to its state before the
 * step, bit for bit.
 *
 * <p>Training is reproducible: two runs with the same seed, data, machine and number of threads
 * produce bit-identical weights.
 */
public final class Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);

  private final ImageModel model;
  private Optimizer optimizer = Adam.rate(3e-4);
  private int batch = 32;
  private long steps = 1_000;
  private long seed = 42;
  private Dataset heldOut;
  private long evaluateEvery;
  private Schedule schedule = Schedule.constant();
  private int accumulate = 1;
  private double clipNorm;
  private double averageDecay;
  private WeightAverages averages;
  private ToDoubleFunction<Evaluation> metric = Evaluation::meanSquaredError;
  private int patience;
  private Path bestFile;
  private final List<TrainingListener> listeners = new ArrayList<>();

  private Trainer(ImageModel model) {
    this.model = model;
  }

  /**
   * Creates a trainer. By default, it runs 1,000 steps with batches of 32 and Adam with a learning
   * rate of 3e-4.
   *
   * @param model the model, which is trained in place
   * @return the trainer
   */
  public static Trainer of(ImageModel model) {
    return new Trainer(model);
  }

  /**
   * Sets the optimizer. The default is Adam with a learning rate of 3e-4.
   *
   * @param newOptimizer a new optimizer, or one already used for this model, which continues with
   *     its state
   * @return this trainer
   */
  public Trainer optimizer(Optimizer newOptimizer) {
    optimizer = newOptimizer;
    return this;
  }

  /**
   * Sets the batch size. The default is 32.
   *
   * @param images the number of images in a batch, from 1 to the size of the dataset
   * @return this trainer
   */
  public Trainer batch(int images) {
    batch = images;
    return this;
  }

  /**
   * Sets the number of steps. The default is 1,000.
   *
   * @param count the number of steps, at least 1
   * @return this trainer
   */
  public Trainer steps(long count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "Trainer.steps: expected at least 1 step, got " + count + ".");
    }
    steps = count;
    return this;
  }

  /**
   * Sets the random seed of shuffling, dropout and other random choices in training. The default is
   * 42.
   *
   * @param newSeed the seed
   * @return this trainer
   */
  public Trainer seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Enables evaluation on held-out data at regular intervals and after the last step.
   *
   * @param data the held-out data
   * @param everySteps the interval in steps, at least 1
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
   * Sets the learning rate schedule. The default is {@link Schedule#constant}.
   *
   * @param newSchedule the schedule, whose factors multiply the optimizer's learning rate
   * @return this trainer
   */
  public Trainer schedule(Schedule newSchedule) {
    schedule = newSchedule;
    return this;
  }

  /**
   * Sets the number of batches whose gradients are accumulated (averaged) for each step. This
   * emulates a larger batch size with the memory of a single batch. The default is 1.
   *
   * <p>All batches of a step are quantized with the same codebook. EMA codebook updates are applied
   * after the optimizer, one batch after another, so the averages decay once per batch as they do
   * without accumulation.
   *
   * @param batches the number of batches, at least 1
   * @return this trainer
   */
  public Trainer accumulate(int batches) {
    if (batches < 1) {
      throw new IllegalArgumentException(
          "Trainer.accumulate: expected at least 1 batch, got " + batches + ".");
    }
    accumulate = batches;
    return this;
  }

  /**
   * Enables gradient clipping by the global norm (Pascanu, Mikolov and Bengio 2013, algorithm 1),
   * equivalent to PyTorch's {@code clip_grad_norm_}. Gradients are scaled down if their L2 norm
   * over all parameters exceeds the maximum.
   *
   * @param maxNorm the maximum norm, above 0
   * @return this trainer
   */
  public Trainer clipNorm(double maxNorm) {
    if (!(maxNorm > 0 && maxNorm <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "Trainer.clipNorm: expected a finite norm above 0, got " + maxNorm + ".");
    }
    clipNorm = maxNorm;
    return this;
  }

  /**
   * Enables weight averaging (EMA) over the steps; see {@link WeightAverages}. Evaluations and the
   * file of {@link #saveBest} then use the averaged weights. Training itself is not affected, and
   * the model ends with the weights of the last step unless {@link #stopEarly} is set.
   *
   * @param decay the decay of the moving average, above 0 and below 1. The averages cover about 1 /
   *     (1 - decay) steps, which should be a small fraction of the run; 0.99 suits a few thousand
   *     steps.
   * @return this trainer
   */
  public Trainer averageWeights(double decay) {
    if (!(decay > 0 && decay < 1)) {
      throw new IllegalArgumentException(
          "Trainer.averageWeights: expected a decay above 0 and below 1, got " + decay + ".");
    }
    averageDecay = decay;
    return this;
  }

  /**
   * Returns the averaged weights after the last step of the last run.
   *
   * @return the averages, which can be swapped into the model
   * @throws IllegalStateException if no run averaged its weights
   */
  public WeightAverages averages() {
    if (averages == null) {
      throw new IllegalStateException(
          "Trainer.averages: no weights were averaged. Call averageWeights(decay) before fit.");
    }
    return averages;
  }

  /**
   * Sets the metric that determines the best evaluation. The default is the mean squared error.
   *
   * @param newMetric the metric, lower is better; for example {@code e -> -e.usage().perplexity()}
   *     to maximize perplexity
   * @return this trainer
   */
  public Trainer monitor(ToDoubleFunction<Evaluation> newMetric) {
    metric = newMetric;
    return this;
  }

  /**
   * Enables early stopping: ends a run after a number of consecutive evaluations without
   * improvement. When {@link #fit} returns, early or not, the model has the weights of the best
   * evaluation ({@link TrainingReport#modelStep}), which are averaged weights if averaging is
   * enabled. During the run, they are kept on the heap. If an exception ends the run, the model has
   * the weights of its last step.
   *
   * @param evaluations the number of evaluations without improvement (the patience), at least 1
   * @return this trainer
   */
  public Trainer stopEarly(int evaluations) {
    if (evaluations < 1) {
      throw new IllegalArgumentException(
          "Trainer.stopEarly: expected at least 1 evaluation, got " + evaluations + ".");
    }
    patience = evaluations;
    return this;
  }

  /**
   * Enables saving the model after each evaluation that is the best so far.
   *
   * @param file the model file, which is replaced atomically
   * @return this trainer
   */
  public Trainer saveBest(Path file) {
    bestFile = file;
    return this;
  }

  /**
   * Adds a training listener.
   *
   * @param listener the listener, which is called on the training thread
   * @return this trainer
   */
  public Trainer listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Trains the model.
   *
   * <p>An interrupt of the thread or a shutdown of the process (Ctrl-C, SIGTERM) ends the run after
   * the current step; an evaluation in progress is aborted immediately. The report then has the
   * reason {@link StopReason#INTERRUPTED}, the thread's interrupt status remains set, and the
   * process waits until the listeners have been notified, for at most a minute.
   *
   * <p>A second call continues training the model. The optimizer keeps its state, such as moments,
   * unless the previous run diverged. The step count, schedule, shuffling and averaged weights
   * start over.
   *
   * @param data the training images
   * @return the report of the run
   * @throws DivergenceException if a weight, a layer output, a loss term or a gradient becomes NaN
   *     or infinite in training or evaluation
   * @throws IllegalArgumentException if the batch size exceeds the size of the dataset, the images
   *     do not fit the model, the held-out images have a different shape, the training images have
   *     zero variance, or the schedule returns an invalid factor
   * @throws io.github.vqvae4j.memory.InsufficientMemoryException if there is not enough memory for
   *     a step; the model is restored to its state before that step
   * @throws IllegalStateException if {@link #stopEarly} or {@link #saveBest} was called without
   *     {@link #evaluate}, the optimizer was used for another model, or all parameters and buffers
   *     are frozen
   * @throws java.util.concurrent.CancellationException if the run was interrupted before its first
   *     step completed
   * @throws java.io.UncheckedIOException if the file of {@link #saveBest} cannot be written; the
   *     model has the weights after the evaluated step
   */
  public TrainingReport fit(Dataset data) {
    checkHeldOut(data);
    TrainingSettings settings = settings(data);
    checkOptimizer();
    listeners.forEach(listener -> listener.checkModel(model));
    averages =
        averageDecay > 0 ? new WeightAverages(model.variables().values(), averageDecay) : null;
    return MemoryGuard.run(
        "Trainer.fit with batches of " + batch + " images " + imageShape(data),
        4L * batch * data.imageLength(),
        () -> loop(data, settings).run());
  }

  private TrainingLoop loop(Dataset data, TrainingSettings settings) {
    return new TrainingLoop(
        model,
        data,
        settings,
        optimizer,
        schedule,
        averages,
        new Evaluations.Settings(heldOut, evaluateEvery, metric, patience, bestFile),
        new TrainingListeners(listeners));
  }

  private void checkOptimizer() {
    Set<Parameter> known = optimizer.parameters();
    if (!new HashSet<>(model.parameters()).containsAll(known)) {
      throw new IllegalStateException(
          "Trainer.optimizer: expected a new optimizer or one used for this model only, got one with"
              + " state of another model's parameters. Create an optimizer for each model:"
              + " optimizer(Adam.rate(..)).");
    }
    if (!known.isEmpty()) {
      LOG.info(
          "{} continues with its state from an earlier run; step count, schedule and shuffling"
              + " restart. To start from scratch, set a new optimizer.",
          optimizer);
    }
  }

  private TrainingSettings settings(Dataset data) {
    if (heldOut == null && (patience > 0 || bestFile != null)) {
      throw new IllegalStateException(
          "Trainer: "
              + (patience > 0 ? "stopEarly" : "saveBest")
              + " requires evaluations. Call evaluate(heldOut, everySteps) too.");
    }
    return new TrainingSettings(
        shapeOf(data),
        heldOut == null ? List.of() : shapeOf(heldOut),
        optimizer.toString(),
        schedule.toString(),
        batch,
        accumulate,
        steps,
        seed,
        clipNorm,
        averageDecay,
        evaluateEvery,
        patience,
        bestFile == null ? "" : bestFile.toString());
  }

  private static List<Integer> shapeOf(Dataset data) {
    return List.of(data.size(), data.height(), data.width(), data.channels());
  }

  /** Fails before training instead of at the first evaluation. */
  private void checkHeldOut(Dataset data) {
    if (heldOut != null && (heldOut.size() == 0 || !imageShape(heldOut).equals(imageShape(data)))) {
      throw new IllegalArgumentException(
          "Trainer.evaluate: expected one or more images "
              + imageShape(data)
              + " like the training images, got "
              + Counts.of(heldOut.size(), "image")
              + " "
              + imageShape(heldOut)
              + ". Hold out some images, scaled or cropped like the training images.");
    }
  }

  private static List<Integer> imageShape(Dataset data) {
    return shapeOf(data).subList(1, 4);
  }

  static Tensor images(Step step, Batch batch) {
    return step.tensor(
        batch.images(), batch.count(), batch.height(), batch.width(), batch.channels());
  }
}
