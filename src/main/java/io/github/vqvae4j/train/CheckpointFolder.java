package io.github.vqvae4j.train;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The checkpoints of a run folder: {@code checkpoints/step-<n>.safetensors}. */
final class CheckpointFolder {
  static final String NAME = "checkpoints";

  /** A glob of the files. */
  static final String FILES = "step-*.safetensors";

  private static final Logger LOG = LoggerFactory.getLogger(Trainer.class);
  private static final Pattern FILE = Pattern.compile("step-([0-9]{1,18})\\.safetensors");

  private final Path folder;
  private final TrainingRun run;
  private final int keep;
  private long savedStep;

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
   * Writes a checkpoint of the last step, unless there is one or its state is lost, and then
   * deletes the oldest ones.
   */
  void save() throws IOException {
    CheckpointWriter state = run.checkpoints().orElse(null);
    if (keep == 0 || state == null || savedStep == run.step() || !state.isIntact()) {
      return;
    }
    state.write(folder.resolve("step-" + run.step() + ".safetensors"));
    savedStep = run.step();
    TreeMap<Long, Path> files = files(folder);
    while (files.size() > keep) {
      Files.delete(files.pollLastEntry().getValue());
    }
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
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, FILES)) {
        for (Path file : found) {
          Matcher name = FILE.matcher(FileNames.name(file));
          if (name.matches()) {
            files.put(Long.parseLong(name.group(1)), file);
          }
        }
      }
    }
    return files;
  }

  /**
   * Reads a checkpoint, or the newest intact one of a run folder.
   *
   * @throws BadFileException if the checkpoint is damaged, or all of them are
   * @throws IOException if there is none, or it cannot be read
   */
  static SavedState read(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return Checkpoint.read(path);
    }
    Map<Long, Path> files = files(path.resolve(NAME));
    BadFileException damaged = null;
    for (Path file : files.values()) {
      try {
        return Checkpoint.read(file);
      } catch (BadFileException e) {
        LOG.warn("Passing over a damaged checkpoint. {}", e.getMessage());
        damaged = damaged == null ? e : damaged;
      }
    }
    if (damaged != null) {
      throw damaged;
    }
    throw new NoSuchFileException(
        FileNames.path(path),
        null,
        "expected a run folder with checkpoints, got none in "
            + FileNames.path(path.resolve(NAME))
            + "; pass the folder of a run that a RunFolder has written");
  }
}
