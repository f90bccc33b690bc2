package io.github.vqvae4j.train;

import io.github.vqvae4j.data.BatchStream;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.parallel.Threads;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.tensor.MemoryGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;

/**
 * Trains a model: an autoencoder, a prior over codes, a GAN, or any other {@link Trainable}.
 *
 * <pre>{@code
 * TrainingReport report = Trainer.of(model)
 *     .optimizer(Adam.rate(3e-4))
 *     .batch(32).steps(1_000)
 *     .evaluate(digits.test(), 500)
 *     .fit(digits.train());
 * System.out.println(report);
 * }</pre>
 *
 * <p>Each step draws a shuffled batch, computes {@link Trainable#loss} and its gradients, runs the
 * optimizer, and then applies buffer updates such as the EMA updates of a codebook. Models with
 * several losses have several {@linkplain Objective objectives}, which a step runs in turn.
 *
 * <p>Steps are atomic: weights, loss terms and gradients are checked to be finite. If a value is
 * not, a {@link DivergenceException} names it, and the model is restored to its state before the
 * step, bit for bit.
 *
 * <p>Training is reproducible: two runs with the same seed, data, machine and number of {@linkplain
 * #workers workers} produce bit-identical weights.
 *
 * <p>Progress is shown on the terminal, or logged every few seconds if there is none, unless {@link
 * #quiet} is called; see {@link ProgressLog}.
 *
 * @param <B> the type of a batch
 */
public final class Trainer<B> {
  private static final Logger LOG = Log.ofProgress(Trainer.class);
  private static final long DEFAULT_STEPS = 1_000;
  private static final double DEFAULT_RATE = 1.5e-3;

  private final Trainable<B> model;

  /** Null if a resumed run had one of a user's class, until it is set. */
  private Optimizer optimizer = Adam.rate(DEFAULT_RATE);

  private boolean optimizerSet;
  private int batch = 32;

  /** The number of workers; 0 for the default. */
  private int workers;

  /** The number of steps; 0 if it was not set. */
  private long steps;

  private int epochs;
  private Duration maxTime = Duration.ZERO;
  private long seed = 42;
  private Source<B> heldOut;
  private long evaluateEvery;

  /** Null if a resumed run had one of a user's class, until it is set. */
  private Schedule schedule = new DefaultSchedule();

  private int accumulate = 1;
  private double clipNorm;
  private double averageDecay;
  private WeightAverages averages;

  /** Null if a resumed run had one of the user, until it is set. */
  private ToDoubleFunction<Evaluation> metric;

  private boolean isMonitored;
  private int patience;
  private Path bestFile;
  private boolean quiet;

  /** The checkpoint with which the next run starts; null for none. */
  private SavedState resumed;

  private long resumedStep;

  /** The folder of the resumed run, which is continued if the user adds none; null for none. */
  private RunFolder runFolder;

  /** The folder when the checkpoint was read; null if the run is new. */
  private RunStamp resumedFolder;

  private final List<ParameterGroup> groups = new ArrayList<>();

  /** Whether the groups are those of a checkpoint. */
  private boolean groupsOfCheckpoint;

  private final List<TrainingListener> listeners = new ArrayList<>();

  private Trainer(Trainable<B> model) {
    this.model = model;
    metric = model::score;
  }

  /**
   * Creates a trainer. By default, it runs 1,000 steps with batches of 32 and Adam with a learning
   * rate of 1.5e-3, with a warm-up and a decay at the end (see {@link #optimizer}).
   *
   * @param model the model, which is trained in place
   * @param <B> the type of a batch
   * @return the trainer
   */
  public static <B> Trainer<B> of(Trainable<B> model) {
    return new Trainer<>(model);
  }

  /**
   * Creates a trainer of objectives; see {@link Trainable#of}.
   *
   * @param first the first objective
   * @param more further objectives
   * @param <B> the type of a batch
   * @return the trainer
   */
  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  public static <B> Trainer<B> of(Objective<B> first, Objective<B>... more) {
    return of(Trainable.of(first, more));
  }

  /**
   * Resumes a run of an image model, such as a {@code VqVae}: {@link #fit} continues after the last
   * step of a checkpoint, and gives the same result as a run that was never interrupted, bit for
   * bit.
   *
   * <pre>{@code
   * Trainer<ImageBatch> trainer =
   *     Trainer.resume(Path.of("runs", "20260101-120000-digits")).evaluate(digits.test(), 500);
   * trainer.fit(digits.train());
   * VqVae model = (VqVae) trainer.model();
   * }</pre>
   *
   * <p>A {@link RunFolder} writes checkpoints. They contain the whole state of a run: parameters
   * and buffers, which of them are frozen, which blocks are in evaluation mode, the state of
   * optimizers, averaged weights, evaluations and the best one, the position in the data, the
   * values of reports, and the state of listeners ({@link TrainingListener#state}).
   *
   * <p><b>The model</b> is built from its settings; custom parts must be registered first ({@code
   * ModelRegistry}). {@link #model()} returns it. Other models, and those with custom objectives or
   * a custom loss, are passed to {@link #resume(Path, Trainable)}.
   *
   * <p><b>The settings</b> are those of the checkpoint. Call {@link #evaluate} with the same
   * held-out data if the run was evaluated, {@link #monitor} if it was called before, and {@link
   * #optimizer} and {@link #schedule} if they are of a class of your own: a file cannot contain
   * these. {@link #steps} or {@link #epochs}, which count from the first step of the run, {@link
   * #maxTime}, which includes the time before, and the patience of {@link #stopEarly} may change,
   * and {@link #saveBest} is called again: a checkpoint does not choose which file is written.
   * Schedules then follow the new number of steps. So may the learning rate and the other settings
   * of the optimizer, to continue before a divergence: an optimizer of the same kind continues with
   * the state of the first one, and a warning is logged. {@code fit} throws IllegalStateException,
   * which names each difference, if anything else is missing or differs. A custom loss is not part
   * of a checkpoint, but the names of the loss terms are: the first step throws it if one is
   * missing, and logs a warning if there is a new one.
   *
   * <p><b>The files</b>: if the path is that of a run folder, and no RunFolder is added as a
   * listener, those in it are continued as by {@link RunFolder#resume}. A folder to which a run is
   * still being written is refused.
   *
   * <p><b>The data</b> is that of the first run; a {@link BatchStream} is opened at its {@linkplain
   * BatchStream#position position} after the last step.
   *
   * @param folderOrFile a run folder, whose newest checkpoint is read, while damaged ones are
   *     skipped with a warning; or a checkpoint
   * @return a trainer with the settings of the run
   * @throws IllegalStateException if the model cannot be built from the checkpoint
   * @throws BadFileException if the checkpoint is damaged, or all of them are
   * @throws IOException if there is none, it cannot be read, or the run is still being written
   */
  public static Trainer<ImageBatch> resume(Path folderOrFile) throws IOException {
    RunStamp stamp = RunStamp.of(folderOrFile); // before another run changes it
    SavedState checkpoint = CheckpointFolder.read(folderOrFile);
    return new Trainer<>(Checkpoint.model(checkpoint)).restore(folderOrFile, checkpoint, stamp);
  }

  /**
   * Resumes a run of any model, as {@link #resume(Path)} otherwise.
   *
   * @param folderOrFile a run folder or a checkpoint
   * @param model a model built as for the first run, whose objectives have the same optimizers and
   *     schedules if they had their own; its values are replaced by {@link #fit}
   * @param <B> the type of a batch
   * @return a trainer with the settings of the run
   * @throws BadFileException if the checkpoint is damaged, or all of them are, or the model lacks a
   *     parameter of a group
   * @throws IOException if there is none, it cannot be read, or the run is still being written
   */
  public static <B> Trainer<B> resume(Path folderOrFile, Trainable<B> model) throws IOException {
    RunStamp stamp = RunStamp.of(folderOrFile);
    return new Trainer<>(model).restore(folderOrFile, CheckpointFolder.read(folderOrFile), stamp);
  }

  /** Takes the settings of a checkpoint, with which the next run starts. */
  private Trainer<B> restore(Path folderOrFile, SavedState checkpoint, RunStamp stamp)
      throws IOException {
    TrainingSettings run = Checkpoint.settings(checkpoint);
    TrainerSettings saved = TrainerSettings.read(checkpoint, model);
    optimizer = saved.optimizer().orElse(null);
    schedule = saved.schedule().orElse(null);
    clipNorm = saved.clipNorm();
    groups.addAll(saved.groups());
    groupsOfCheckpoint = true;
    metric = saved.isMonitored() ? null : metric;
    isMonitored = saved.isMonitored();
    batch = run.batch();
    workers = run.workers();
    accumulate = run.accumulate();
    steps = run.steps() == StepReport.NO_LIMIT ? 0 : run.steps();
    maxTime = Durations.ofSeconds(run.maxSeconds());
    seed = run.seed();
    averageDecay = run.averageDecay();
    patience = run.patience();
    resumed = checkpoint;
    resumedStep = RunHistory.step(checkpoint);
    if (Files.isDirectory(folderOrFile)) {
      runFolder = RunFolder.resume(folderOrFile);
    }
    resumedFolder = stamp;
    return this;
  }

  /**
   * Returns the model that is trained.
   *
   * @return the model; after {@link #resume(Path)}, it was built from the checkpoint, has its
   *     values, and is closed by the caller: the trainer does not close it
   */
  public Trainable<B> model() {
    return model;
  }

  /**
   * Sets the optimizer. An {@link Objective} can have its own. The default is Adam with a learning
   * rate of 1.5e-3 and its own schedule: a linear warm-up over 100 steps, in runs of less than
   * 1,000 steps over a tenth of them; a constant rate; and cosine annealing to 1.5e-4 in the last
   * fifth of the steps. Sonnet's VQ-VAE learns faster with it than at the published constant rate
   * of 3e-4 (docs/fidelity.md). The rate of an optimizer that is set is constant unless {@link
   * #schedule} is called, too.
   *
   * @param newOptimizer a new optimizer, or one already used for this model, which continues with
   *     its state
   * @return this trainer
   */
  public Trainer<B> optimizer(Optimizer newOptimizer) {
    optimizer = newOptimizer;
    optimizerSet = true;
    return this;
  }

  /**
   * Sets the batch size. The default is 32.
   *
   * @param examples the number of examples in a batch, from 1 to the size of the data
   * @return this trainer
   */
  public Trainer<B> batch(int examples) {
    batch = examples;
    return this;
  }

  /**
   * Sets the number of workers. Each of them is a thread on one core that computes its share of
   * every batch; their gradients, weighted by the sizes of the shares, are summed. The default is
   * {@link Threads#count}, by default the number of processors, but at most the batch size.
   *
   * <p>With another number of workers, results differ by rounding. The loss of a batch must be the
   * mean of the losses of its shares, weighted by their numbers of examples. Computations of which
   * this is not true, such as statistics of the batch, use {@link
   * io.github.vqvae4j.tensor.Step#sumOverWorkers}; with one worker, which uses one core, each loss
   * is that of a whole batch, and all losses, those of evaluations included, are computed by one
   * thread at a time.
   *
   * @param count the number of workers, from 1 to the batch size
   * @return this trainer
   */
  public Trainer<B> workers(int count) {
    Checks.atLeastOne("Trainer.workers", count, "worker");
    workers = count;
    return this;
  }

  /**
   * Sets the number of steps. The default is 1,000, or no limit if {@link #maxTime} is set.
   *
   * @param count the number of steps, at least 1
   * @return this trainer
   */
  public Trainer<B> steps(long count) {
    Checks.atLeastOne("Trainer.steps", count, "step");
    steps = count;
    epochs = 0;
    return this;
  }

  /**
   * Sets the number of epochs, instead of the number of steps. In an epoch, each example is used
   * once, except for those of an incomplete last batch. The number of steps is rounded up.
   *
   * @param count the number of epochs, at least 1
   * @return this trainer
   */
  public Trainer<B> epochs(int count) {
    Checks.atLeastOne("Trainer.epochs", count, "epoch");
    epochs = count;
    return this;
  }

  /**
   * Sets a time limit. The run ends after the step in which it is reached, even if {@link #steps}
   * or {@link #epochs} have not been completed; schedules still refer to those.
   *
   * @param limit the time limit, above 0
   * @return this trainer
   */
  public Trainer<B> maxTime(Duration limit) {
    if (limit.isNegative() || limit.isZero()) {
      throw new IllegalArgumentException(
          "Trainer.maxTime: expected a time limit above 0, got " + limit + ".");
    }
    maxTime = limit;
    return this;
  }

  /**
   * Sets the random seed of shuffling, dropout and other random choices in training. The default is
   * 42.
   *
   * @param newSeed the seed
   * @return this trainer
   */
  public Trainer<B> seed(long newSeed) {
    seed = newSeed;
    return this;
  }

  /**
   * Enables evaluation on held-out data at regular intervals and after the last step. If a time
   * limit or the end of the data ends the run, the evaluation follows {@link
   * TrainingListener#onStepEnd}; a run that is stopped or interrupted ends without it.
   *
   * @param data the held-out data
   * @param everySteps the interval in steps, at least 1
   * @return this trainer
   */
  public Trainer<B> evaluate(Source<B> data, long everySteps) {
    Checks.atLeastOne("Trainer.evaluate", everySteps, "step");
    heldOut = data;
    evaluateEvery = everySteps;
    return this;
  }

  /**
   * Sets the learning rate schedule. The default is {@link Schedule#constant}, except for the
   * default {@linkplain #optimizer optimizer} of a run whose number of steps is limited.
   *
   * @param newSchedule the schedule, whose factors multiply the optimizer's learning rate
   * @return this trainer
   */
  public Trainer<B> schedule(Schedule newSchedule) {
    schedule = newSchedule;
    return this;
  }

  /**
   * Sets the number of batches whose gradients are accumulated (averaged) for each step. This
   * equals a larger batch, with the memory of a single one, in everything that is a sum or mean
   * over examples: gradients, EMA codebook updates and restarts of dead codes. Batch normalization
   * and other statistics of a batch are those of each batch by itself, as in PyTorch, and means
   * over masked positions are those of each batch. The default is 1.
   *
   * <p>All batches of a step are quantized with the same codebook, which is updated once per step,
   * after the optimizer.
   *
   * @param batches the number of batches, at least 1
   * @return this trainer
   */
  public Trainer<B> accumulate(int batches) {
    Checks.atLeastOne("Trainer.accumulate", batches, "batch");
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
  public Trainer<B> clipNorm(double maxNorm) {
    Checks.maxNorm("Trainer.clipNorm", maxNorm);
    clipNorm = maxNorm;
    return this;
  }

  /**
   * Adds parameters with their own learning rate or weight decay. An {@link Objective} has its own
   * groups; these are for models with a single objective. The first call after {@link
   * #resume(Path)} replaces the groups of the checkpoint.
   *
   * @param group the group; its parameters belong to the model
   * @return this trainer
   */
  public Trainer<B> group(ParameterGroup group) {
    if (groupsOfCheckpoint) {
      groups.clear();
      groupsOfCheckpoint = false;
    }
    groups.add(group);
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
  public Trainer<B> averageWeights(double decay) {
    Checks.averageDecay("Trainer.averageWeights", decay);
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
   * Sets the metric that determines the best evaluation. The default is {@link Trainable#score}:
   * the mean squared error of image models, and the loss of others. There is none for other models
   * with several objectives.
   *
   * @param newMetric the metric, lower is better; for example {@code e -> -e.metric("accuracy")} to
   *     maximize accuracy
   * @return this trainer
   */
  public Trainer<B> monitor(ToDoubleFunction<Evaluation> newMetric) {
    isMonitored = true;
    metric =
        evaluation -> {
          try {
            return newMetric.applyAsDouble(evaluation);
          } catch (RuntimeException e) {
            throw new IllegalArgumentException("Trainer.monitor: " + e.getMessage(), e);
          }
        };
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
  public Trainer<B> stopEarly(int evaluations) {
    Checks.atLeastOne("Trainer.stopEarly", evaluations, "evaluation");
    patience = evaluations;
    return this;
  }

  /**
   * Enables saving the model after each evaluation that is the best so far.
   *
   * @param file the model file, which is replaced atomically
   * @return this trainer
   */
  public Trainer<B> saveBest(Path file) {
    bestFile = Objects.requireNonNull(file, "Trainer.saveBest: expected a file, got null.");
    return this;
  }

  /**
   * Adds a training listener.
   *
   * @param listener the listener, which is called on the training thread
   * @return this trainer
   */
  public Trainer<B> listener(TrainingListener listener) {
    listeners.add(listener);
    return this;
  }

  /**
   * Disables the {@link ProgressLog} that a trainer without one adds.
   *
   * @return this trainer
   */
  public Trainer<B> quiet() {
    quiet = true;
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
   * <p>A second call continues training the model. The step count, schedule, shuffling and averaged
   * weights start over. Optimizers keep their state, such as moments, with two exceptions: a
   * divergence {@linkplain Optimizer#reset() resets} all of them, and if a step fails in any other
   * way after its update, those that it updated are reset. A copy that could restore their state
   * would take as much memory as the state itself, and time in every step.
   *
   * @param data the training data
   * @return the report of the run
   * @throws DivergenceException if a weight, a layer output, a loss term or a gradient becomes NaN
   *     or infinite in training or evaluation
   * @throws IllegalArgumentException if the batch size exceeds the size of the data, the data does
   *     not fit the model, the held-out examples have a different shape, or the schedule returns an
   *     invalid factor
   * @throws io.github.vqvae4j.memory.InsufficientMemoryException if there is not enough memory for
   *     a step; the model is restored to its state before that step
   * @throws IllegalStateException if settings contradict each other, an optimizer was used for
   *     another model, or all trained parameters and buffers are frozen
   * @throws java.util.concurrent.CancellationException if the run was interrupted before its first
   *     step completed
   * @throws UncheckedIOException if the file of {@link #saveBest} cannot be written; the model has
   *     the weights after the evaluated step
   */
  public TrainingReport fit(Source<B> data) {
    TrainerChecks.heldOut(heldOut, data.exampleShape());
    long perEpoch = Math.max(1, data.size() / Math.max(1, batch));
    long total = epochs == 0 ? maxSteps() : (epochs * perEpoch + accumulate - 1) / accumulate;
    return MemoryGuard.run(
        "Trainer.fit with batches of " + batch + " " + Examples.describe(data.exampleShape()),
        Examples.bytes(data, batch),
        () ->
            fit(
                data,
                total,
                team ->
                    TrainingData.of(
                        data, batch, seed, resumedStep * accumulate, team.size(), team::run)));
  }

  /**
   * Trains the model on a stream, whose examples are used in their order. As {@link #fit(Source)}
   * otherwise; if the stream ends, the report has the reason {@link StopReason#END_OF_DATA}.
   *
   * @param stream the training data
   * @return the report of the run
   * @throws IllegalStateException also if {@link #epochs} was called
   * @throws IllegalArgumentException also if the stream ends in the first step
   */
  public TrainingReport fit(BatchStream<B> stream) {
    if (epochs > 0) {
      throw new IllegalStateException(
          "Trainer.epochs: expected a number of steps, since a stream has no epochs. Call"
              + " steps(..).");
    }
    if (heldOut != null) {
      TrainerChecks.heldOut(heldOut, heldOut.exampleShape());
    }
    return MemoryGuard.run(
        "Trainer.fit with batches of " + batch + " examples",
        0,
        () ->
            fit(
                null,
                maxSteps(),
                team -> TrainingData.of(stream, batch, seed, team.size(), team::run)));
  }

  private long maxSteps() {
    if (steps > 0) {
      return steps;
    }
    return maxTime.isZero() ? DEFAULT_STEPS : StepReport.NO_LIMIT;
  }

  private TrainingReport fit(
      Source<B> source, long total, Function<Workers, TrainingData<B>> open) {
    if (resumed != null) {
      ResumeChecks.complete(resumed, optimizer, schedule, metric, heldOut);
      ResumeChecks.monitored(resumed, isMonitored);
    }
    List<Objective<B>> objectives = objectives(total);
    TrainingSettings settings = settings(source, total, objectives);
    TrainerChecks.optimizers(model, objectives, optimizerSet ? optimizer : null);
    if (resumed == null) {
      TrainerChecks.logContinued(objectives);
    } else {
      ResumeChecks.settings(resumed, settings, model);
    }
    TrainerChecks.schedules(objectives, total);
    TrainerChecks.warnOfUntrained(objectives, total);
    averages =
        averageDecay > 0 ? new WeightAverages(model.variables().values(), averageDecay) : null;
    return TrainingLock.hold(
        model.variables().values(),
        () ->
            run(
                settings,
                objectives,
                open,
                new Evaluations.Settings<>(heldOut, evaluateEvery, metric, patience, bestFile)));
  }

  private TrainingReport run(
      TrainingSettings settings,
      List<Objective<B>> objectives,
      Function<Workers, TrainingData<B>> open,
      Evaluations.Settings<B> evaluations) {
    try (Workers team = new Workers(settings.workers());
        TrainingData<B> data = open.apply(team)) {
      TrainerSettings trainer =
          new TrainerSettings(
              Optional.of(optimizer),
              Optional.of(schedule(settings.steps())),
              clipNorm,
              isMonitored,
              groups);
      TrainingLoop<B> loop =
          new TrainingLoop<>(
              model, data, settings, trainer, objectives, averages, evaluations, team);
      resume(loop);
      return loop.run(allListeners());
    }
  }

  /** Restores the state of a checkpoint. */
  private void resume(TrainingLoop<B> loop) {
    if (resumed != null) {
      try {
        loop.resume(resumed);
      } catch (BadFileException e) {
        throw new UncheckedIOException(e);
      }
      LOG.info("Resuming after step {}, from {}", resumedStep, FileNames.path(resumed.file()));
    }
  }

  /**
   * Forgets the checkpoint: a further run starts at its own first step. One that fails or is
   * interrupted before its first step can be repeated.
   */
  private final class ForgetCheckpoint implements TrainingListener {
    @Override
    public void onStep(TrainingRun run, StepReport report) {
      resumed = null;
      resumedStep = 0;
    }

    @Override
    public void onEnd(TrainingRun run, TrainingReport report) {
      if (report.stopReason() != StopReason.INTERRUPTED) {
        resumed = null;
        resumedStep = 0;
      }
    }
  }

  private List<TrainingListener> allListeners() {
    List<TrainingListener> all = new ArrayList<>();
    all.add(new ForgetCheckpoint());
    all.addAll(listeners);
    if (runFolder != null && listeners.stream().noneMatch(RunFolder.class::isInstance)) {
      all.add(runFolder);
    }
    for (TrainingListener listener : all) {
      if (listener instanceof RunFolder folder) {
        folder.stamp(resumedFolder);
      }
    }
    if (!quiet && listeners.stream().noneMatch(ProgressLog.class::isInstance)) {
      all.add(new ProgressLog());
    }
    return all;
  }

  /** Returns the objectives of the model with all settings of a run of so many steps. */
  private List<Objective<B>> objectives(long total) {
    List<Objective<B>> all = new ArrayList<>();
    for (Objective<B> objective : Objective.allOf(model)) {
      all.add(objective.withDefaults(optimizer, schedule(objective, total), clipNorm));
    }
    TrainerChecks.objectives(model, all, groups);
    if (!groups.isEmpty()) {
      Objective<B> only = all.get(0);
      for (ParameterGroup group : groups) {
        only = only.group(group);
      }
      all.set(0, only);
    }
    return List.copyOf(all);
  }

  /** Returns the schedule of an objective that has none. A rate that was set remains constant. */
  private Schedule schedule(Objective<B> objective, long total) {
    return objective.optimizer().isPresent() && schedule instanceof DefaultSchedule
        ? Schedule.constant()
        : schedule(total);
  }

  /** Returns the schedule of objectives without an optimizer. */
  private Schedule schedule(long total) {
    boolean rateSet = optimizerSet && resumed == null;
    return schedule instanceof DefaultSchedule && (rateSet || total == StepReport.NO_LIMIT)
        ? Schedule.constant()
        : schedule;
  }

  private int workerCount() {
    if (workers > batch) {
      throw new IllegalStateException(
          "Trainer.workers: expected at most one worker for each example of a batch of "
              + batch
              + ", got "
              + workers
              + ". Use larger batches or fewer workers.");
    }
    return workers == 0 ? Math.max(1, Math.min(Threads.count(), batch)) : workers;
  }

  private TrainingSettings settings(Source<B> source, long total, List<Objective<B>> objectives) {
    if (heldOut == null && (patience > 0 || bestFile != null)) {
      throw new IllegalStateException(
          "Trainer: "
              + (patience > 0 ? "stopEarly" : "saveBest")
              + " requires evaluations. Call evaluate(heldOut, everySteps) too.");
    }
    return new TrainingSettings(
        Examples.shape(source),
        Examples.shape(heldOut),
        objectives.stream().map(ObjectiveSettings::of).toList(),
        batch,
        workerCount(),
        accumulate,
        total,
        Durations.seconds(maxTime),
        seed,
        averageDecay,
        evaluateEvery,
        patience,
        bestFile == null ? "" : bestFile.toString());
  }
}
