package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * A training listener that writes the model, metrics, sample images and settings of a run to a
 * folder {@code runs/<time>-<name>/}.
 *
 * <pre>{@code
 * RunFolder run = RunFolder.create(Path.of("runs"), "digits").images(model.reconstructions(heldOut));
 * Trainer.of(model).evaluate(heldOut, 500).listener(run).fit(images);
 * Path file = run.modelFile().orElseThrow();
 * }</pre>
 *
 * <p>The folder contains
 *
 * <pre>
 * model.safetensors  the model, saved at each evaluation, every five minutes and at the end;
 *                    before-divergence.safetensors is added if the run diverged
 * checkpoints/       step-&lt;n&gt;.safetensors: the state of the run after step n, from which {@link
 *                    Trainer#resume(Path)} continues; the newest two (see {@link #keep}).
 *                    best.safetensors: that after the best evaluation, if there are any
 * config.json        the settings of the model, the training run and this folder, and a random ID of
 *                    the run, which is another whenever it is continued
 * metrics.csv        the training metrics of the first, every tenth (see {@link #metricsEvery}) and
 *                    the last step, unless the run failed or was interrupted in between, and the
 *                    metrics of each evaluation; cells are empty in steps in which an objective did
 *                    not run
 * metrics.json       the final metrics, all evaluations and the stop reason, unless the run failed
 * images/            with {@link #images(Supplier)}: sample images after steps 1, 2, 4, ..
 * events.out...      with {@link #tensorBoard}: the same metrics and images, and histograms of the
 *                    weights, for {@code tensorboard --logdir runs}
 * summary.txt        an overview of the files and the final report
 * .lock              while the run is written: a locked file, so that no other process writes to the
 *                    folder. A killed process leaves the file, but not the lock
 * </pre>
 *
 * <p><b>Model.</b> The model is also saved after Ctrl-C, SIGTERM, an interrupt of the thread, a
 * divergence or an exception in a listener, with the weights after the last completed step. The log
 * and the exception name the file. The last weights before a divergence may already be unusable, so
 * they do not replace an earlier model but are saved to a separate file. If the process is killed,
 * the last model remains. The file is replaced atomically, and only if the weights and their
 * evaluation are finite. It contains the current weights, not their averages, even if averaged
 * weights are evaluated.
 *
 * <p><b>Checkpoints.</b> A checkpoint of a {@link Trainer}'s run has everything that the rest of
 * the run depends on, in about three times the size of the model with Adam, and a checksum. It is
 * written every five minutes (see {@link #modelEvery}), at the end, in all cases above, and after
 * each evaluation that is the best so far. If writing takes more than 1 % of the time between
 * checkpoints, a copy of the state is written in the background, one at a time; the end of the run
 * waits for it. There is none of the last step if a later one failed after it updated the
 * parameters, as the optimizers are reset then; none if the evaluation of the step diverged; and
 * none at all for custom training loops, or with an optimizer that does not {@linkplain
 * Optimizer#state save its state}, of which a warning is logged.
 *
 * <p><b>Errors.</b> A write error never ends a run. After an I/O error, which is logged and
 * returned by {@link #failure}, the listener writes nothing but the model and checkpoints, whenever
 * possible; on a full disk the previous ones remain. Output that cannot be created at all, such as
 * images of time series, is logged once and skipped.
 *
 * <p>A folder holds one run, and a RunFolder writes one at a time: a folder that already contains a
 * run is rejected, except by {@link #resume}; so is one to which another process, or another run of
 * this one, is writing. A second call of {@code fit} with the same {@code RunFolder} writes to a
 * new folder {@code <folder>-2}. A run that ends before its first step completes leaves no files.
 */
public final class RunFolder implements TrainingListener {
  private static final Logger LOG = Log.ofProgress(RunFolder.class);
  static final String IMAGES = "images";

  private final Path firstPath;
  private Path path;
  private Supplier<Images> samples;
  private boolean tensorBoard;
  private long every = 10;
  private long imagesEvery = 1_000;
  private Duration modelEvery = Duration.ofMinutes(5);
  private int keep = 2;
  private RunWriter writer;

  /** The run that has started and not ended; null if there is none. */
  private final AtomicReference<TrainingRun> current = new AtomicReference<>();

  /** The step after which the current run has started. */
  private long firstStep;

  private boolean folderCreated;
  private boolean used;

  /** Whether the next run continues that of the folder; false after its first step. */
  private boolean continues;

  /** The folder when the checkpoint was read; null for a new run. */
  private RunStamp stamp;

  private Exception startFailure;

  private RunFolder(Path path, boolean folderCreated) {
    this.path = path;
    firstPath = path;
    this.folderCreated = folderCreated;
  }

  /**
   * Creates a new folder {@code <time>-<name>} for a run.
   *
   * @param runs the parent folder; created if missing
   * @param name the name of the run: letters, digits, dots, hyphens and underscores
   * @return a listener for the trainer
   * @throws IllegalArgumentException if the name contains other characters
   * @throws IOException if the folder cannot be created
   */
  public static RunFolder create(Path runs, String name) throws IOException {
    return new RunFolder(createFolder(runs, name), true);
  }

  /**
   * Uses a given folder for a run. Other files in it are left unchanged.
   *
   * @param folder the folder; created if missing
   * @return a listener for the trainer
   * @throws IOException if the folder cannot be created or already contains a run
   */
  public static RunFolder in(Path folder) throws IOException {
    Objects.requireNonNull(folder, "RunFolder.in: expected a folder, got null.");
    boolean exists = Files.exists(folder);
    RunPaths.createFolders(folder);
    RunPaths.requireNoRun(folder);
    return new RunFolder(folder, !exists);
  }

  /**
   * Continues the files of a run that is {@linkplain Trainer#resume(Path) resumed}: what they
   * contain of steps after the checkpoint (rows of {@code metrics.csv}, events, images,
   * checkpoints) is removed, and they are continued as if the run had never been interrupted.
   * Without a RunFolder among its listeners, a trainer that resumes a folder does so itself. Add
   * one for sample images, or to change the options, which are those of the first run otherwise.
   *
   * <pre>{@code
   * Path folder = RunFolder.unfinished(Path.of("runs"), "digits").orElseThrow();
   * RunFolder files = RunFolder.resume(folder).keep(5);
   * Trainer.resume(folder).listener(files).fit(digits.train());
   * }</pre>
   *
   * @param folder the folder of the run
   * @return a listener for the trainer
   * @throws IOException if the folder does not contain a run, or one that is still being written,
   *     by this process or another
   */
  public static RunFolder resume(Path folder) throws IOException {
    Objects.requireNonNull(folder, "RunFolder.resume: expected a folder, got null.");
    if (!Files.exists(folder.resolve(RunWriter.CONFIG))) {
      throw new NoSuchFileException(
          FileNames.path(folder.resolve(RunWriter.CONFIG)),
          null,
          "RunFolder.resume: expected the folder of a run; pass one that a RunFolder has written");
    }
    if (RunLock.isHeld(folder)) {
      throw RunLock.inUse(folder);
    }
    RunFolderSettings settings = RunFolderSettings.read(folder.resolve(RunWriter.CONFIG));
    RunFolder resumed = new RunFolder(folder, false);
    resumed.every = settings.metricsEvery();
    resumed.imagesEvery = settings.imagesEvery();
    resumed.modelEvery = Durations.ofSeconds(settings.modelEverySeconds());
    resumed.keep = settings.keep();
    resumed.tensorBoard = settings.tensorBoard();
    resumed.continues = true;
    return resumed;
  }

  /**
   * Finds the run of a name that was started last of those that have checkpoints but did not end:
   * the process was killed, or the run failed or was interrupted. Runs that are still being
   * written, by this process or another, are skipped.
   *
   * @param runs the parent folder
   * @param name the name of the run, as passed to {@link #create}
   * @return the folder of the run; empty if there is none
   * @throws IllegalArgumentException if the name is not one of a run
   * @throws IOException if the parent folder cannot be read
   */
  public static Optional<Path> unfinished(Path runs, String name) throws IOException {
    return RunPaths.newestUnfinished(runs, name);
  }

  /**
   * Creates an empty folder {@code <time>-<name>}, for programs that write more than a training run
   * to it.
   *
   * @param runs the parent folder; created if missing
   * @param name the name of the run: letters, digits, dots, hyphens and underscores
   * @return the path of the new folder
   * @throws IllegalArgumentException if the name contains other characters
   * @throws IOException if the folder cannot be created
   */
  public static Path createFolder(Path runs, String name) throws IOException {
    return RunPaths.create(runs, name);
  }

  /**
   * Enables sample images, written after steps 1, 2, 4, .. and then every 1,000 steps.
   *
   * @param images computes the images to write, such as {@code model.reconstructions(heldOut)} or
   *     samples of a generator; several images are arranged in a grid. If it throws an
   *     ArithmeticException, because values are not finite, a warning is logged and training
   *     continues.
   * @return this listener
   */
  public RunFolder images(Supplier<Images> images) {
    return images(images, imagesEvery);
  }

  /**
   * Enables sample images, written after steps 1, 2, 4, .. and then at regular intervals.
   *
   * @param images computes the images to write, as for {@link #images(Supplier)}
   * @param everySteps the interval in steps, at least 1
   * @return this listener
   */
  public RunFolder images(Supplier<Images> images, long everySteps) {
    checkInterval(everySteps);
    samples = images;
    imagesEvery = everySteps;
    return this;
  }

  /**
   * Sets the interval at which training metrics are written. The default is 10 steps.
   *
   * @param steps the interval in steps, at least 1
   * @return this listener
   */
  public RunFolder metricsEvery(long steps) {
    checkInterval(steps);
    every = steps;
    return this;
  }

  /**
   * Sets the interval at which the model, in addition to evaluations, and a checkpoint are saved.
   * The default is five minutes.
   *
   * @param interval the interval, at least 0; 0 saves both after every step
   * @return this listener
   */
  public RunFolder modelEvery(Duration interval) {
    if (interval.isNegative()) {
      throw new IllegalArgumentException(
          "RunFolder.modelEvery: expected an interval of at least 0, got " + interval + ".");
    }
    modelEvery = interval;
    return this;
  }

  /**
   * Sets how many checkpoints are kept, the newest ones. The default is 2.
   *
   * @param checkpoints the number of checkpoints, at least 0; 0 writes none, so that the run cannot
   *     be resumed
   * @return this listener
   */
  public RunFolder keep(int checkpoints) {
    if (checkpoints < 0) {
      throw new IllegalArgumentException(
          "RunFolder.keep: expected a number of checkpoints of at least 0, got "
              + checkpoints
              + ".");
    }
    keep = checkpoints;
    return this;
  }

  /**
   * Enables an event file for TensorBoard with the same metrics and images, and with histograms of
   * all weights whenever images are due.
   *
   * @return this listener
   */
  public RunFolder tensorBoard() {
    tensorBoard = true;
    return this;
  }

  private static void checkInterval(long steps) {
    if (steps < 1) {
      throw new IllegalArgumentException(
          "RunFolder: expected an interval of at least 1 step, got " + steps + ".");
    }
  }

  /**
   * Returns the folder of the run, or of the last run if there were several.
   *
   * @return the path of the folder
   */
  public Path path() {
    return path;
  }

  /**
   * Returns the model file of the last run.
   *
   * @return the model file; empty if the model has not been saved yet
   */
  public Optional<Path> modelFile() {
    return writer == null ? Optional.empty() : writer.modelFile();
  }

  /**
   * Returns the first error that prevented a file of the last run from being written.
   *
   * @return the error; empty if everything was written
   */
  public Optional<Exception> failure() {
    return writer == null ? Optional.ofNullable(startFailure) : writer.failure();
  }

  /**
   * Starts writing a run.
   *
   * @throws IllegalStateException if another run with this listener is in progress, or if the run
   *     does not continue that of the folder given to {@link #resume}
   * @throws UncheckedIOException if the folder contains a run, or another run is being written to
   *     it
   */
  @Override
  public void onStart(TrainingRun run) {
    if (!current.compareAndSet(null, run)) {
      throw new IllegalStateException(
          "RunFolder: expected one run at a time; create a RunFolder for each run.");
    }
    writer = null;
    startFailure = null;
    firstStep = run.step();
    boolean continued = continues;
    if (continued && !isOwn(run.checkpoint())) {
      current.set(null);
      throw new IllegalStateException(
          "RunFolder.resume: expected a run that is resumed from a checkpoint in "
              + FileNames.path(path)
              + ", got "
              + run.checkpoint().map(file -> "one from " + FileNames.path(file)).orElse("a new run")
              + ". Create the trainer by Trainer.resume(folder) with the same folder, or write to a"
              + " new one.");
    }
    RunLock lock;
    try {
      if (used) {
        path = RunPaths.createSibling(firstPath);
        folderCreated = true;
        used = false;
        LOG.info("Writing this run to {}", path);
      }
      lock = claim(continued);
    } catch (IOException e) {
      startFailure = e;
      LOG.error(
          "Cannot write this run to {} ({}). Training continues; save the model elsewhere"
              + " afterwards.",
          path,
          e.toString());
      return;
    }
    writer =
        new RunWriter(
            path,
            run,
            lock,
            continued ? stamp : null,
            new RunWriter.Options(
                folderCreated,
                continued,
                samples,
                imagesEvery,
                every,
                modelEvery,
                keep,
                tensorBoard));
  }

  /** Returns whether a checkpoint is one of this folder. */
  private boolean isOwn(Optional<Path> checkpoint) {
    try {
      return checkpoint.isPresent()
          && Files.isSameFile(
              checkpoint.get().toAbsolutePath().resolveSibling(""),
              path.resolve(CheckpointFolder.NAME));
    } catch (IOException e) {
      return false; // one of them does not exist any more
    }
  }

  /**
   * Locks the folder, and claims it for a new run.
   *
   * @return the lock; null if the file system does not support locks
   */
  private RunLock claim(boolean continued) throws IOException {
    RunPaths.createFolders(path);
    RunLock lock = null;
    IOException noLock = null;
    try {
      lock = RunLock.acquire(path).orElse(null);
    } catch (IOException e) {
      noLock = e;
    }
    if (lock == null && noLock == null) {
      throw new UncheckedIOException(RunLock.inUse(path));
    }
    try {
      if (continued) {
        checkUnchanged();
      } else {
        RunPaths.claim(path);
      }
    } catch (IOException | RuntimeException e) {
      if (lock != null) {
        lock.close();
      }
      throw e;
    }
    if (noLock != null) {
      LOG.warn(
          "Cannot lock {} ({}). Do not resume the run before it has ended.",
          FileNames.path(path),
          noLock.toString());
    }
    return lock;
  }

  /** Sets the stamp of the folder when the trainer read its checkpoint. */
  void stamp(RunStamp newStamp) {
    stamp = newStamp;
  }

  /** Another run may have continued the folder after this one read its checkpoint. */
  private void checkUnchanged() throws IOException {
    Optional<Path> change = stamp == null ? Optional.empty() : stamp.change(path);
    if (change.isPresent()) {
      current.set(null);
      throw new IllegalStateException(
          "RunFolder.resume: expected "
              + FileNames.path(path)
              + " as it was when step "
              + firstStep
              + " was read from it, but another run has continued it since: "
              + FileNames.path(change.get())
              + " is new or has changed. Call Trainer.resume again to continue from there.");
    }
  }

  /** Calls the action if this run is being written. */
  private void ifWriting(TrainingRun run, Consumer<RunWriter> action) {
    if (current.get() == run && writer != null) {
      action.accept(writer);
    }
  }

  @Override
  public void onStep(TrainingRun run, StepReport report) {
    used = true;
    continues = false;
    ifWriting(run, w -> w.onStep(report));
  }

  @Override
  public void onEvaluation(TrainingRun run, Evaluation evaluation) {
    ifWriting(run, w -> w.onEvaluation(evaluation, run.isCustom()));
  }

  @Override
  public void onStepEnd(TrainingRun run, long step) {
    ifWriting(run, w -> w.onStepEnd(step));
  }

  @Override
  public void onFailure(TrainingRun run, Throwable failure) {
    used |= run.step() > firstStep;
    ifWriting(run, w -> w.onFailure(failure, run.step()));
    current.compareAndSet(run, null);
  }

  @Override
  public void onEnd(TrainingRun run, TrainingReport report) {
    ifWriting(run, w -> w.onEnd(report));
    if (continues && report.stopReason() != StopReason.INTERRUPTED) {
      used = true; // a run that had already ended; the next one is another
      continues = false;
    }
    current.compareAndSet(run, null);
  }

  /**
   * Adds custom metrics to {@code metrics.json}, such as those over all held-out data. Existing
   * metrics of the same name are replaced.
   *
   * @param metrics a record of metrics; see {@link RecordJson#metrics}. Non-finite values become
   *     null.
   * @throws IllegalStateException if the run has not ended
   * @throws IOException if the file cannot be written
   */
  public void add(Record metrics) throws IOException {
    if (writer == null) {
      throw RunWriter.notEnded();
    }
    writer.add(metrics);
  }
}
