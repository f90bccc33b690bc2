package io.github.vqvae4j.train;

import com.google.gson.JsonObject;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.RecordJson;
import io.github.vqvae4j.io.StrictJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The settings of a {@link RunFolder} in its {@code config.json}, with which it is continued.
 *
 * @param metricsEvery the interval of rows of metrics, in steps
 * @param imagesEvery the interval of sample images, in steps
 * @param modelEverySeconds the interval of saved models and checkpoints, in seconds
 * @param keep the number of checkpoints that are kept
 */
record RunFolderSettings(
    long metricsEvery, long imagesEvery, double modelEverySeconds, int keep, boolean tensorBoard) {
  /** The name in the file. */
  static final String NAME = "folder";

  RunFolderSettings {
    // The values of a file that a user has edited were not checked by the setters of RunFolder.
    if (metricsEvery < 1 || imagesEvery < 1 || !(modelEverySeconds >= 0) || keep < 0) {
      throw new IllegalArgumentException(
          "expected intervals of at least 1 step, a number of seconds and a number of checkpoints of"
              + " at least 0, got metricsEvery="
              + metricsEvery
              + ", imagesEvery="
              + imagesEvery
              + ", modelEverySeconds="
              + modelEverySeconds
              + ", keep="
              + keep);
    }
  }

  /**
   * Reads the settings of a folder.
   *
   * @throws BadFileException if the file does not contain them, or one is out of range
   */
  static RunFolderSettings read(Path config) throws IOException {
    try {
      if (!(StrictJson.parse(Files.readString(config)).get(NAME) instanceof JsonObject settings)) {
        throw new IllegalArgumentException("expected the settings of a run folder, got none");
      }
      return RecordJson.fromJson(settings, RunFolderSettings.class);
    } catch (IllegalArgumentException e) {
      throw new BadFileException(
          config,
          NAME,
          e.getMessage() + "; resume from a checkpoint's file, and write to a new folder",
          e);
    }
  }
}
