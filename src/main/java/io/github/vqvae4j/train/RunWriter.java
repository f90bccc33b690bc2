package io.github.vqvae4j.train;

import com.google.gson.JsonObject;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.train.RunOutputs.Output;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;

/** Writes the files of one run to a {@link RunFolder}. */
final class RunWriter {
  static final String CONFIG = "config.json";
  static final String METRICS = "metrics.json";
  static final String SUMMARY = "summary.txt";

  private static final Logger LOG = Log.of(RunFolder.class);

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

  /** A suppressed exception that names the checkpoint in the stack trace of a failure. */
  private static final class CheckpointNote extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CheckpointNote(String message) {
      super(message, null, false, false);
    }
  }

  private final Path path;
  private final RunLock lock;

  /** The stamp of a folder that is continued; null for none. */
  private final RunStamp stamp;

  private final String config;

  /** The step after which the run starts. */
  private final long firstStep;

  /** Whether a continued run has begun to change the folder. */
  private boolean reopened;

  private final Model model;
  private final Options options;
  private final SavedModel savedModel;
  private final CheckpointFolder checkpoints;
  private final RunOutputs outputs;
  private final RunCurves curves;
  private int imageGrids;
  private boolean evaluated;
  private long lastSaveNanos = System.nanoTime();
  private long lastCheckpointNanos = System.nanoTime();
  private JsonObject metrics;

  /**
   * Starts a run in a folder that was claimed for it.
   *
   * @param lock the lock of the folder, which is released at the end; null for none
   * @param stamp the stamp of a folder that is continued, to which this run's own changes are
   *     added, so that one that ends before its first step can be repeated; null for none
   */
  RunWriter(Path path, TrainingRun run, RunLock lock, RunStamp stamp, Options options) {
    this.path = path;
    this.lock = lock;
    this.stamp = stamp;
    model = run.model();
    this.options = options;
    savedModel = new SavedModel(model, path);
    outputs = new RunOutputs(path, savedModel, lock);
    curves = new RunCurves(path, outputs, options.tensorBoard);
    checkpoints = new CheckpointFolder(path, run, options.keep);
    config = RunJson.text(RunJson.config(model, run.settings(), options.settings()));
    firstStep = run.step();
    if (!options.continued) {
      outputs.attempt(Output.SETTINGS, () -> write(CONFIG, config));
    }
  }

  /** Returns whether the run continues that of the folder, and has not changed anything yet. */
  private boolean isUnchanged() {
    return options.continued && !reopened;
  }

  /**
   * Removes what the earlier part of the run has written after the checkpoint. Called before the
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
    // First, so that a trainer that has read the folder notices this run, however it ends.
    outputs.attempt(Output.SETTINGS, () -> write(CONFIG, config));
    // Then, so that no checkpoint of a later step is taken for the newest.
    outputs.attempt(Output.CHECKPOINTS, () -> RunPaths.deleteCheckpointsAfter(path, step));
    outputs.attempt(Output.SETTINGS, () -> RunPaths.reopen(path, step));
    outputs.attempt(Output.IMAGES, () -> imageGrids = RunPaths.imagesIn(path));
    curves.continueAfter(step);
  }

  Optional<Path> modelFile() {
    return savedModel.file();
  }

  Optional<Exception> failure() {
    return outputs.failure();
  }

  private void write(String name, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(path.resolve(name), out -> out.write(bytes));
  }

  void onStep(StepReport report) {
    reopen();
    long step = report.step();
    curves.last(report);
    if (step % options.rowsEvery == 0 || step == 1 || step == report.steps()) {
      curves.addLast();
    }
    if (isDue(step, options.imagesEvery)) {
      if (options.samples != null) {
        outputs.attempt(Output.IMAGES, () -> writeImages(step));
      }
      curves.addWeights(step, model);
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
    curves.add(evaluation);
    if (afterStepEnd) {
      saveModel(evaluation.step());
    } else {
      evaluated = true;
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
    curves.addImages(step, grid);
  }

  void onStepEnd(long step) {
    outputs.attempt(Output.CHECKPOINTS, checkpoints::check);
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
    outputs.attempt(Output.CHECKPOINTS, checkpoints::await);
    outputs.attempt(Output.CHECKPOINTS, checkpoints::saveBest);
    evaluated = false;
  }

  private void saveCheckpoint() {
    outputs.attempt(Output.CHECKPOINTS, checkpoints::await);
    outputs.attempt(Output.CHECKPOINTS, checkpoints::save);
    lastCheckpointNanos = System.nanoTime();
  }

  private boolean isDue(long lastNanos) {
    return System.nanoTime() - lastNanos >= Durations.nanos(options.modelEvery);
  }

  private void saveModel(long step) {
    outputs.attempt(Output.MODEL, () -> savedModel.save(step));
    lastSaveNanos = System.nanoTime();
  }

  private void unlock() {
    if (stamp != null && reopened) {
      outputs.attempt(Output.SETTINGS, () -> stamp.add(path));
    }
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
        outputs.attempt(Output.SETTINGS, this::deleteFiles);
      } else if (!isUnchanged()) {
        saveAfterFailure(reason, step);
      }
    } finally {
      unlock();
    }
  }

  private void saveAfterFailure(Throwable reason, long step) {
    if (reason instanceof DivergenceException) {
      curves.addLast();
    }
    String location = saveLast(reason, step);
    outputs.attempt(Output.CHECKPOINTS, checkpoints::await);
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
      outputs.attempt(Output.MODEL, () -> savedModel.saveBeforeDivergence(step));
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
    // An interrupted run is continued, and then has the rows of one that was not.
    if (report.stopReason() != StopReason.INTERRUPTED) {
      curves.addLast();
    }
    saveModel(report.modelStep());
    if (evaluated) {
      saveBest();
    }
    saveCheckpoint();
    outputs.attempt(Output.CHECKPOINTS, checkpoints::await);
    metrics = RunJson.metrics(report);
    outputs.attempt(Output.METRICS, this::writeMetrics);
    String files = files();
    outputs.attempt(Output.SETTINGS, () -> write(SUMMARY, files + report + "\n"));
    if (outputs.hasDiskFailed()) {
      LOG.warn(
          "The run folder {} is incomplete ({}). {}",
          FileNames.path(path),
          outputs.failure().orElseThrow().toString(),
          savedModel.description());
    } else {
      LOG.info("{}", files.stripTrailing());
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

  /** Describes the files, a line each. */
  private String files() {
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
            + "%s",
        FileNames.path(path.toAbsolutePath().normalize()),
        savedModel.description(),
        checkpoints.description(),
        Counts.of(curves.rows(), "row"),
        options.rowsEvery == 1 ? "step" : options.rowsEvery + " steps",
        images);
  }
}
