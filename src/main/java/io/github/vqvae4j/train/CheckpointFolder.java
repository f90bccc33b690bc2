package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;

/**
 * The checkpoints of a run folder: the newest, {@code checkpoints/step-<n>.safetensors}, and that
 * of the best evaluation, {@code checkpoints/best.safetensors}.
 */
final class CheckpointFolder {
  static final String NAME = "checkpoints";

  /** A glob of the files. */
  static final String FILES = "{step-*,best}.safetensors";

  private static final Logger LOG = Log.of(Trainer.class);
  private static final String BEST = "best.safetensors";
  private static final Pattern FILE = Pattern.compile("step-([0-9]{1,18})\\.safetensors");

  private final Path folder;
  private final TrainingRun run;
  private final int keep;
  private final CheckpointQueue queue = new CheckpointQueue();

  /** The step of the newest checkpoint, which may have been written in the background. */
  private volatile long savedStep;

  /** Whether the newest checkpoint contains the evaluation of its step. */
  private volatile boolean savedEvaluation;

  private volatile long savedBest;

  /**
   * Describes the checkpoints of a run, without writing any.
   *
   * @param runFolder the folder of the run
   * @param keep the number of checkpoints to keep; 0 for none
   */
  CheckpointFolder(Path runFolder, TrainingRun run, int keep) {
    folder = runFolder.resolve(NAME);
    this.run = run;
    this.keep = keep;
  }

  /**
   * Writes a checkpoint of the last step, unless there is one, with the evaluation of the step if
   * there was any, or its state is lost. Then deletes the oldest ones.
   */
  void save() throws IOException {
    queue.await();
    long step = run.step();
    boolean isEvaluated = run.isEvaluated();
    boolean isSaved = savedStep == step && savedEvaluation == isEvaluated;
    if (!isSaved && canBeSaved()) {
      CheckpointWriter.Snapshot snapshot = snapshot("step-" + step + ".safetensors");
      queue.write(
          () -> {
            snapshot.write();
            savedStep = step;
            savedEvaluation = isEvaluated;
            deleteOthers(step);
          });
    }
  }

  /** Writes a checkpoint of the last step if its evaluation is the best so far. */
  void saveBest() throws IOException {
    queue.await();
    long step = run.step();
    boolean isBest = run.checkpoints().map(CheckpointWriter::bestStep).orElse(0L) == step;
    if (isBest && savedBest != step && canBeSaved()) {
      CheckpointWriter.Snapshot snapshot = snapshot(BEST);
      queue.write(
          () -> {
            snapshot.write();
            savedBest = step;
          });
    }
  }

  /** Throws the exception of a write in the background if it has failed. */
  void check() throws IOException {
    queue.check();
  }

  /** Waits for a write in the background, and throws its exception if it has failed. */
  void await() throws IOException {
    queue.await();
  }

  private boolean canBeSaved() {
    return keep > 0 && run.checkpoints().filter(CheckpointWriter::isIntact).isPresent();
  }

  private CheckpointWriter.Snapshot snapshot(String name) {
    return run.checkpoints().orElseThrow().snapshot(folder.resolve(name));
  }

  /** Deletes the oldest checkpoints, and those of later steps, which a resumed run has left. */
  private void deleteOthers(long step) throws IOException {
    TreeMap<Long, Path> files = files(folder);
    for (Path later : files.headMap(step).values()) {
      Files.delete(later);
    }
    files.headMap(step).clear();
    while (files.size() > keep) {
      Files.delete(files.pollLastEntry().getValue());
    }
  }

  /**
   * Deletes the checkpoint of the best evaluation of a run folder if it is that of a later step.
   */
  static void deleteBestAfter(Path runFolder, long step) throws IOException {
    Path best = runFolder.resolve(NAME).resolve(BEST);
    try {
      if (Files.exists(best) && RunHistory.step(Checkpoint.read(best)) > step) {
        Files.delete(best);
      }
    } catch (BadFileException e) {
      LOG.warn("Skipping a damaged checkpoint. {}", e.getMessage());
    }
  }

  /** Returns whether a file of the folder is one that {@link #read} reads, by its name. */
  static boolean isCheckpoint(Path file) {
    String name = FileNames.name(file);
    return name.equals(BEST) || FILE.matcher(name).matches();
  }

  /** Returns whether a run folder contains a checkpoint, which may be damaged. */
  static boolean isResumable(Path runFolder) throws IOException {
    Path folder = runFolder.resolve(NAME);
    return !files(folder).isEmpty() || Files.exists(folder.resolve(BEST));
  }

  /** Describes the newest checkpoint in a line of a summary; empty if there is none. */
  String description() {
    return savedStep == 0
        ? ""
        : String.format(
            Locale.ROOT,
            "  checkpoints/       the state of the run after step %d, for Trainer.resume%n",
            savedStep);
  }

  /** Returns the files by step, the newest first. */
  private static TreeMap<Long, Path> files(Path folder) throws IOException {
    TreeMap<Long, Path> files = new TreeMap<>(Comparator.reverseOrder());
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder)) {
        for (Path file : found) {
          Matcher name = FILE.matcher(FileNames.name(file));
          if (name.matches() && !Files.isDirectory(file)) {
            files.put(Long.parseLong(name.group(1)), file);
          }
        }
      } catch (DirectoryIteratorException e) {
        throw e.getCause();
      }
    }
    return files;
  }

  /**
   * Reads a checkpoint, or the newest intact one of a run folder, which may be that of the best
   * evaluation.
   *
   * @throws BadFileException if the checkpoint is damaged, or all of them are
   * @throws IOException if there is none, perhaps because the run has only begun, or it cannot be
   *     read
   */
  static SavedState read(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(
          FileNames.path(path),
          null,
          "expected a run folder, or a checkpoint in its folder "
              + NAME
              + ", got no such file; check the path");
    }
    if (!Files.isDirectory(path)) {
      return Checkpoint.read(path);
    }
    List<Path> files = new ArrayList<>(files(path.resolve(NAME)).values());
    Path best = path.resolve(NAME).resolve(BEST);
    if (Files.exists(best)) {
      files.add(0, best);
    }
    IOException damaged = null;
    SavedState newest = null;
    for (Path file : files) {
      try {
        SavedState state = Checkpoint.read(file);
        if (newest == null || RunHistory.step(state) >= RunHistory.step(newest)) {
          newest = state;
        }
        if (!file.equals(best)) {
          break;
        }
      } catch (BadFileException | NoSuchFileException e) { // or the target of a link is missing
        LOG.warn("Skipping a damaged checkpoint. {}", e.getMessage());
        damaged = damaged == null ? e : damaged;
      }
    }
    if (newest != null) {
      return newest;
    }
    if (damaged != null) {
      throw damaged;
    }
    if (RunLock.isHeld(path)) {
      throw RunLock.inUse(path);
    }
    throw new NoSuchFileException(
        FileNames.path(path),
        null,
        "expected a run folder with checkpoints, got none in "
            + FileNames.path(path.resolve(NAME))
            + "; pass the folder of a run that a RunFolder has written, or start a new one if the run"
            + " was killed before its first checkpoint");
  }
}
