package io.github.vqvae4j.train;

import com.google.gson.JsonObject;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.RecordJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the files of one run to a {@link RunFolder}. */
final class RunWriter {
  static final String CONFIG = "config.json";
  static final String METRICS = "metrics.json";
  static final String SUMMARY = "summary.txt";

  private static final Logger LOG = LoggerFactory.getLogger(RunFolder.class);
  private static final String METRICS_TABLE = "metrics.csv";

  /**
   * The options of a run folder.
   *
   * @param folderCreated whether the folder was created for the run
   * @param continued whether the folder contains the earlier steps of the run
   * @param samples computes the sample images; null for none
   * @param keep the number of checkpoints that are kept; 0 for none
   */
  record Options(
      boolean folderCreated,
      boolean continued,
      Supplier<Images> samples,
      long imagesEvery,
      long rowsEvery,
      Duration modelEvery,
      int keep,
      boolean tensorBoard) {
    RunFolderSettings settings() {
      return new RunFolderSettings(
          rowsEvery, imagesEvery, Durations.seconds(modelEvery), keep, tensorBoard);
    }
  }

  /** An output that can fail independently of the others. */
  private enum Output {
    MODEL,
    CHECKPOINTS,
    SETTINGS,
    METRICS,
    IMAGES,
    TENSORBOARD;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private interface WriteAction {
    void run() throws IOException;
  }

  /** A suppressed exception that names the checkpoint in the stack trace of a failure. */
  private static final class CheckpointNote extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckpointNote(String message) {
      super(message, null, false, false);
    }
  }

  private final Path path;
  private final RunLock lock;
  private final String config;

  /** The step after which the run starts. */
  private final long firstStep;

  /** Whether a continued run has begun to change the folder. */
  private boolean reopened;

  private final Model model;
  private final Options options;
  private final SavedModel savedModel;
  private final CheckpointFolder checkpoints;
  private final Set<Output> unsupported = EnumSet.noneOf(Output.class);
  private Exception failure;
  private boolean diskFailed;
  private MetricsTable table;
  private TensorBoardWriter tensorBoard;
  private int imageGrids;
  private boolean evaluated;
  private long lastSaveNanos = System.nanoTime();
  private long lastCheckpointNanos = System.nanoTime();
  private JsonObject metrics;
  private StepReport last;
  private long lastRow;

  /**
   * Starts a run in a folder that was claimed for it.
   *
   * @param lock the lock of the folder, which is released at the end; null for none
   */
  RunWriter(Path path, TrainingRun run, RunLock lock, Options options) {
    this.path = path;
    this.lock = lock;
    model = run.model();
    this.options = options;
    savedModel = new SavedModel(model, path);
    checkpoints = new CheckpointFolder(path, run, options.keep);
    config = RunJson.text(RunJson.config(model, run.settings(), options.settings()));
    firstStep = run.step();
    if (!options.continued) {
      attempt(Output.SETTINGS, () -> write(CONFIG, config));
    }
  }

  /** Returns whether the run continues that of the folder, and has not changed anything yet. */
  private boolean isUnchanged() {
    return options.continued && !reopened;
  }

  /**
   * Removes what the earlier part of the run has written after its savedModel. Called before the
   * first change, so that a run that fails before its first step leaves the folder as it was.
   */
  private void reopen() {
    if (isUnchanged()) {
      reopened = true;
      continueAfter(firstStep);
    }
  }

  private void continueAfter(long step) {
    savedModel.continueAfter(step);
    // First, so that no checkpoint of a later step is taken for the newest.
    attempt(Output.CHECKPOINTS, () -> RunPaths.deleteCheckpointsAfter(path, step));
    attempt(Output.SETTINGS, () -> RunPaths.reopen(path, step));
    attempt(Output.SETTINGS, () -> write(CONFIG, config));
    attempt(Output.IMAGES, () -> imageGrids = RunPaths.imagesIn(path));
    attempt(Output.METRICS, () -> table = resumeTable(step));
    if (options.tensorBoard) {
      attempt(Output.TENSORBOARD, () -> tensorBoard = TensorBoardWriter.resume(path, step));
    }
    lastRow = step;
  }

  /** Continues the table, or moves a damaged one away. */
  private MetricsTable resumeTable(long step) throws IOException {
    Path file = path.resolve(METRICS_TABLE);
    try {
      return MetricsTable.resume(file, step);
    } catch (BadFileException e) {
      Path moved = path.resolve(METRICS_TABLE + ".damaged");
      Files.move(file, moved, StandardCopyOption.REPLACE_EXISTING);
      LOG.warn(
          "{} The file was moved to {}, and a new table begins after step {}.",
          e.getMessage(),
          FileNames.name(moved),
          step);
      return new MetricsTable(file);
    }
  }

  Optional<Path> modelFile() {
    return savedModel.file();
  }

  Optional<Exception> failure() {
    return Optional.ofNullable(failure);
  }

  /**
   * Writes an output, if possible. After an I/O error only the model and checkpoints are retried;
   * after any other error the output is no longer written.
   */
  private void attempt(Output output, WriteAction action) {
    boolean retried = output == Output.MODEL || output == Output.CHECKPOINTS;
    if (unsupported.contains(output) || diskFailed && !retried) {
      return;
    }
    try {
      action.run();
    } catch (IOException e) {
      if (!diskFailed) {
        LOG.error(
            "Cannot write to {} ({}). Training continues; from now on only the model and"
                + " checkpoints are saved there when possible. {} Free disk space, or save the model elsewhere after training.",
            FileNames.path(path),
            e.toString(),
            savedModel.description());
      }
      diskFailed = true;
      failure = failure == null ? e : failure;
    } catch (RuntimeException e) {
      LOG.warn(
          "Cannot write {} to {} ({}). Training continues without them.",
          output,
          FileNames.path(path),
          e.toString());
      unsupported.add(output);
      failure = failure == null ? e : failure;
    } catch (OutOfMemoryError e) {
      // Of the copies that are written; there may be enough memory for them later.
      LOG.warn(
          "Cannot write {} to {} ({}). Training continues; increase the heap (-Xmx).",
          output,
          FileNames.path(path),
          e.toString());
      failure = failure == null ? new IOException(e.toString(), e) : failure;
    }
  }

  private void write(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(path.resolve(name), out -> out.write(bytes));
  }

  void onStep(StepReport report) {
    reopen();
    long step = report.step();
    last = report;
    if (step % options.rowsEvery == 0 || step == 1 || step == report.steps()) {
      addLastRow();
    }
    if (isDue(step, options.imagesEvery)) {
      if (options.samples != null) {
        attempt(Output.IMAGES, () -> writeImages(step));
      }
      if (options.tensorBoard) {
        attempt(Output.TENSORBOARD, () -> tensorBoard().add(step, model));
      }
    }
  }

  /**
   * Writes an evaluation.
   *
   * @param afterStepEnd whether it follows the end of its step, so that the model is saved now: at
   *     the next end of a step, it has other weights
   */
  void onEvaluation(Evaluation evaluation, boolean afterStepEnd) {
    reopen();
    add(evaluation.step(), MetricNames.of(evaluation));
    if (afterStepEnd) {
      saveModel(evaluation.step());
    } else {
      evaluated = true;
    }
  }

  /** Adds the row of the last step unless it has been added already. */
  private void addLastRow() {
    if (last != null && last.step() > lastRow) {
      lastRow = last.step();
      add(last.step(), MetricNames.of(last));
    }
  }

  private TensorBoardWriter tensorBoard() throws IOException {
    if (tensorBoard == null) {
      tensorBoard = new TensorBoardWriter(path);
    }
    return tensorBoard;
  }

  private void add(long step, List<Metric> newMetrics) {
    attempt(
        Output.METRICS,
        () -> {
          if (table == null) {
            table = new MetricsTable(path.resolve(METRICS_TABLE));
          }
          table.add(step, newMetrics);
        });
    if (options.tensorBoard) {
      attempt(Output.TENSORBOARD, () -> tensorBoard().add(step, newMetrics));
    }
  }

  /** Returns whether images are due: after steps 1, 2, 4, .. and then at regular intervals. */
  static boolean isDue(long step, long interval) {
    return step < interval ? Long.bitCount(step) == 1 : step % interval == 0;
  }

  private void writeImages(long step) throws IOException {
    Images grid;
    try {
      Images images = options.samples.get();
      grid = images.size() == 1 ? images : Images.grid(images);
    } catch (ArithmeticException e) {
      LOG.warn("No sample images after step {}. {}", step, e.getMessage());
      return;
    }
    String name = String.format(Locale.ROOT, RunFolder.IMAGES + "/step-%06d.png", step);
    Images.write(grid, path.resolve(name));
    imageGrids++;
    if (options.tensorBoard) {
      attempt(Output.TENSORBOARD, () -> tensorBoard().add(step, grid));
    }
  }

  void onStepEnd(long step) {
    attempt(Output.CHECKPOINTS, checkpoints::check);
    if (evaluated || isDue(lastSaveNanos)) {
      saveModel(step);
    }
    if (evaluated) {
      saveBest();
    }
    if (isDue(lastCheckpointNanos)) {
      saveCheckpoint();
    }
  }

  private void saveBest() {
    attempt(Output.CHECKPOINTS, checkpoints::await);
    attempt(Output.CHECKPOINTS, checkpoints::saveBest);
    evaluated = false;
  }

  private void saveCheckpoint() {
    attempt(Output.CHECKPOINTS, checkpoints::await);
    attempt(Output.CHECKPOINTS, checkpoints::save);
    lastCheckpointNanos = System.nanoTime();
  }

  private boolean isDue(long lastNanos) {
    return System.nanoTime() - lastNanos >= Durations.nanos(options.modelEvery);
  }

  private void saveModel(long step) {
    attempt(Output.MODEL, () -> savedModel.save(step));
    lastSaveNanos = System.nanoTime();
  }

  private void unlock() {
    try {
      if (lock != null) {
        lock.close();
      }
    } catch (IOException e) {
      LOG.warn("Cannot unlock {} ({}).", FileNames.path(path), e.toString());
    }
  }

  void onFailure(Throwable reason, long step) {
    try {
      if (step == 0) {
        attempt(Output.SETTINGS, this::deleteFiles);
      } else if (!isUnchanged()) {
        saveAfterFailure(reason, step);
      }
    } finally {
      unlock();
    }
  }

  private void saveAfterFailure(Throwable reason, long step) {
    addLastRow();
    String location = saveLast(reason, step);
    attempt(Output.CHECKPOINTS, checkpoints::await);
    LOG.error("Training failed after step {} ({}). {}", step, reason.toString(), location);
    if (reason instanceof DivergenceException divergence) {
      divergence.append(location);
    } else {
      reason.addSuppressed(new CheckpointNote(location));
    }
  }

  private void deleteFiles() throws IOException {
    Files.deleteIfExists(path.resolve(CONFIG));
    unlock();
    if (options.folderCreated()) {
      try {
        Files.delete(path);
      } catch (DirectoryNotEmptyException e) {
        LOG.debug("{} contains other files and is not deleted.", FileNames.path(path));
      }
    }
  }

  /** Saves the model unless its weights are unusable, and returns where the checkpoint is. */
  private String saveLast(Throwable reason, long step) {
    if (reason instanceof DivergenceException divergence && divergence.step() == step) {
      // The evaluation of these weights diverged: an earlier checkpoint is better.
      return savedModel.description();
    }
    if (!savedModel.isFinite()) {
      return "Weights of the model are no longer finite. " + savedModel.description();
    }
    if (reason instanceof DivergenceException) {
      attempt(Output.MODEL, () -> savedModel.saveBeforeDivergence(step));
    } else {
      saveModel(step);
    }
    saveCheckpoint();
    return savedModel.description();
  }

  void onEnd(TrainingReport report) {
    try {
      if (!isUnchanged() || report.stopReason() != StopReason.INTERRUPTED) {
        reopen();
        end(report);
      }
    } finally {
      unlock();
    }
  }

  private void end(TrainingReport report) {
    addLastRow();
    saveModel(report.modelStep());
    if (evaluated) {
      saveBest();
    }
    saveCheckpoint();
    attempt(Output.CHECKPOINTS, checkpoints::await);
    metrics = RunJson.metrics(report);
    attempt(Output.METRICS, this::writeMetrics);
    String summary = summary(report);
    attempt(Output.SETTINGS, () -> write(SUMMARY, summary + "\n"));
    if (diskFailed) {
      LOG.warn(
          "The run folder {} is incomplete ({}). {}",
          FileNames.path(path),
          failure.toString(),
          savedModel.description());
    } else {
      LOG.info("{}", summary);
    }
  }

  private void writeMetrics() throws IOException {
    write(METRICS, RunJson.text(metrics));
  }

  /** Adds custom metrics to those of a run that has ended. */
  void add(Record customMetrics) throws IOException {
    if (metrics == null) {
      throw notEnded();
    }
    RecordJson.metrics(customMetrics)
        .entrySet()
        .forEach(f -> metrics.add(f.getKey(), f.getValue()));
    writeMetrics();
  }

  static IllegalStateException notEnded() {
    return new IllegalStateException(
        "RunFolder.add: expected a run that has ended. Add metrics after fit(..).");
  }

  private String summary(TrainingReport report) {
    String images =
        imageGrids == 0
            ? ""
            : String.format(
                Locale.ROOT,
                "  images/            %s of sample images%n",
                Counts.of(imageGrids, "file"));
    return String.format(
        Locale.ROOT,
        "%s%n"
            + "  model.safetensors  %s%n"
            + "%s"
            + "  config.json        model and training settings%n"
            + "  metrics.csv        %s of metrics, every %s and at each evaluation%n"
            + "  metrics.json       final metrics, all evaluations, stop reason%n"
            + "%s%s",
        FileNames.path(path.toAbsolutePath().normalize()),
        savedModel.description(),
        checkpoints.description(),
        Counts.of(table == null ? 0 : table.rows(), "row"),
        options.rowsEvery == 1 ? "step" : options.rowsEvery + " steps",
        images,
        report);
  }
}
