package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Batch;
import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a model of images, as a {@link io.github.vqvae4j.model.VqVae VqVae}.
 *
 * <pre>{@code
 * TrainingReport report = Trainer.of(model)
 *     .optimizer(Adam.rate(3e-4))
 *     .batch(32).steps(1_000)
 *     .evaluate(digits.test(), 500)
 *     .listener(new ProgressLog())
 *     .fit(digits.train());
 * }</pre>
 *
 * <p>Each step: a shuffled batch; forward; the model's {@link ImageModel#loss}; backward; the
 * optimizer; then the model's own updates, such as a codebook's. It is all or nothing: weights
 * before and after, terms and gradients are checked to be finite, and if one is not, {@link
 * DivergenceException} names it and the model is as before the step, bit for bit. With the same
 * seed, data, machine and number of threads two runs give the same bits.
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
  private ToDoubleFunction<Evaluation> measure = Evaluation::meanSquaredError;
  private int patience;
  private Path bestFile;
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
   * @param newOptimizer not used for another model; one that was used for this model continues with
   *     its state
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
   * Sets how the learning rate changes; by default it is the optimizer's throughout.
   *
   * @param newSchedule what the optimizer's rate is multiplied by
   * @return this trainer
   */
  public Trainer schedule(Schedule newSchedule) {
    schedule = newSchedule;
    return this;
  }

  /**
   * Makes each step from the mean gradient of several batches: as one batch of all their images in
   * the memory of one. A codebook that learns by moving averages takes in batch after batch once
   * the optimizer has moved the parameters: all were quantized with the same codebook, and its
   * averages decay once for each batch, as without this setting.
   *
   * @param batches at least 1
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
   * Has gradients scaled down where their norm, over all parameters together, is larger than this
   * (Pascanu, Mikolov and Bengio 2013, algorithm 1), as PyTorch's {@code clip_grad_norm_}.
   *
   * @param largestNorm above 0
   * @return this trainer
   */
  public Trainer clip(double largestNorm) {
    if (!(largestNorm > 0 && largestNorm <= Double.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "Trainer.clip: expected a finite norm above 0, got " + largestNorm + ".");
    }
    clipNorm = largestNorm;
    return this;
  }

  /**
   * Has the weights averaged over the steps ({@link WeightAverages}). Evaluations, and the file of
   * {@link #keepBest}, are then of the averages; the training itself stays the same, and after it
   * the model has the weights of the last step, unless {@link #stopEarly} is set.
   *
   * @param decay above 0 and below 1; 1 / (1 - decay) steps should be a small part of the run, as
   *     with 0.99 for some thousand steps, or the averages lag behind
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
   * The averages of the last run, to be put into the model.
   *
   * @return those after its last step
   * @throws IllegalStateException if there was no run that made any
   */
  public WeightAverages averages() {
    if (averages == null) {
      throw new IllegalStateException(
          "Trainer.averages: no weights were averaged. Call averageWeights(decay) before fit.");
    }
    return averages;
  }

  /**
   * Sets which evaluations are better; by default those with a smaller mean squared error.
   *
   * @param newMeasure the smaller, the better, as {@code e -> -e.usage().perplexity()}
   * @return this trainer
   */
  public Trainer monitor(ToDoubleFunction<Evaluation> newMeasure) {
    measure = newMeasure;
    return this;
  }

  /**
   * Ends a run after so many evaluations in a row that were not better than the best. Whenever
   * {@link #fit} returns, early or not, the model then has the weights that were evaluated best
   * ({@link TrainingReport#modelStep}): averages, if weights are averaged. Until then they are kept
   * on the heap. Where an exception ends the run before that, the model has those of its last step.
   *
   * @param evaluations at least 1
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
   * Has the model saved after each evaluation that is the best so far.
   *
   * @param file replaced as a whole each time
   * @return this trainer
   */
  public Trainer keepBest(Path file) {
    bestFile = file;
    return this;
  }

  /**
   * Adds somebody to be told how it goes.
   *
   * @param listener called on the training thread
   * @return this trainer
   */
  public Trainer listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Trains. A thread that is interrupted, and a process that is asked to end (Ctrl-C, SIGTERM), end
   * the run after the running step, and an evaluation at once: the report then says {@link
   * StopReason#INTERRUPTED}, the thread stays interrupted, and the process waits until the
   * listeners were told, at most a minute.
   *
   * <p>A second call trains the model on. The optimizer keeps its state, such as moments, but after
   * a divergence starts anew; steps, schedule, shuffling and averaged weights begin anew.
   *
   * @param data the training images
   * @return how it went
   * @throws DivergenceException if a weight, what a layer computes, a term of the loss or a
   *     gradient is NaN or infinite, in training or on held-out data
   * @throws IllegalArgumentException if the batch is larger than the data, or the images do not fit
   *     the model
   * @throws InsufficientMemoryException if a step needs more memory than there is; the model is as
   *     before that step
   * @throws IllegalStateException if {@link #stopEarly} or {@link #keepBest} was called and {@link
   *     #evaluate} was not, or the optimizer was used for another model
   * @throws CancellationException if the run was interrupted before its first step was done
   * @throws UncheckedIOException if the file of {@link #keepBest} cannot be written; the model is
   *     as after the step that was evaluated
   */
  public TrainingReport fit(Dataset data) {
    checkHeldOut(data);
    TrainingSettings settings = settings(data);
    checkOptimizer();
    listeners.forEach(listener -> listener.checkModel(model));
    averages =
        averageDecay > 0 ? new WeightAverages(model.variables().values(), averageDecay) : null;
    return MemoryGuard.run(
        "Trainer.fit with " + batch + " images " + imageShape(data) + " a batch",
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
        new Evaluations.Plan(heldOut, evaluateEvery, measure, patience, bestFile),
        new Listeners(listeners));
  }

  private void checkOptimizer() {
    Set<Parameter> known = optimizer.parameters();
    if (!new HashSet<>(model.parameters()).containsAll(known)) {
      throw new IllegalStateException(
          "Trainer: expected an optimizer that is new or was used for this model only, got one with"
              + " the state of another model's parameters. Give each model its own:"
              + " optimizer(Adam.rate(..)).");
    }
    if (!known.isEmpty()) {
      LOG.info(
          "{} continues with its state from an earlier run; steps, schedule and shuffling restart."
              + " For a fresh start give the trainer a new optimizer.",
          optimizer);
    }
  }

  private TrainingSettings settings(Dataset data) {
    if (heldOut == null && (patience > 0 || bestFile != null)) {
      throw new IllegalStateException(
          "Trainer: "
              + (patience > 0 ? "stopEarly" : "keepBest")
              + " goes by evaluations, and there are none. Call evaluate(heldOut, everySteps) too.");
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

  /** What would else be found only at the first evaluation. */
  private void checkHeldOut(Dataset data) {
    if (heldOut != null && (heldOut.size() == 0 || !imageShape(heldOut).equals(imageShape(data)))) {
      throw new IllegalArgumentException(
          "Trainer.evaluate: expected one or more images "
              + imageShape(data)
              + " as those trained on, got "
              + Counts.of(heldOut.size(), "image")
              + " "
              + imageShape(heldOut)
              + ". Hold some images out, scaled or cut as those are.");
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
