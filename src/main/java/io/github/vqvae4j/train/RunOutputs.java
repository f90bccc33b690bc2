package io.github.vqvae4j.train;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;

/**
 * Writes the outputs of a run to its folder. Errors are logged and remembered; they end neither the
 * run nor, except on a full or broken disk, the other outputs.
 */
final class RunOutputs {
  /** An output that can fail independently of the others. */
  enum Output {
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

  /** Writes something. */
  interface WriteAction {
    void run() throws IOException;
  }

  private static final Logger LOG = Log.of(RunFolder.class);

  private final Path folder;
  private final SavedModel savedModel;
  private final RunLock lock;
  private final Set<Output> unsupported = EnumSet.noneOf(Output.class);
  private Exception failure;
  private boolean diskFailed;

  /**
   * Starts without failures.
   *
   * @param savedModel the model in the folder, which messages describe
   * @param lock the lock of the folder; null for none
   */
  RunOutputs(Path folder, SavedModel savedModel, RunLock lock) {
    this.folder = folder;
    this.savedModel = savedModel;
    this.lock = lock;
  }

  /** Returns the first failure. */
  Optional<Exception> failure() {
    return Optional.ofNullable(failure);
  }

  /** Returns whether there was an I/O error. */
  boolean hasDiskFailed() {
    return diskFailed;
  }

  /**
   * Writes an output, if possible. After an I/O error only the model and checkpoints are retried;
   * after any other error the output is no longer written.
   */
  void attempt(Output output, WriteAction action) {
    boolean retried = output == Output.MODEL || output == Output.CHECKPOINTS;
    if (unsupported.contains(output) || diskFailed && !retried) {
      return;
    }
    try {
      if (lock != null) {
        lock.check();
      }
      action.run();
    } catch (IOException e) {
      if (!diskFailed) {
        LOG.error(
            "Cannot write to {} ({}). Training continues; from now on only the model and"
                + " checkpoints are saved there when possible. {} Free disk space, or save the"
                + " model elsewhere after training.",
            FileNames.path(folder),
            e.toString(),
            savedModel.description());
      }
      diskFailed = true;
      keep(e);
    } catch (RuntimeException e) {
      LOG.warn(
          "Cannot write {} to {} ({}). Training continues without them.",
          output,
          FileNames.path(folder),
          e.toString());
      unsupported.add(output);
      keep(e);
    } catch (OutOfMemoryError e) {
      // Of the copies that are written; there may be enough memory for them later.
      LOG.warn(
          "Cannot write {} to {} ({}). Training continues; increase the heap (-Xmx).",
          output,
          FileNames.path(folder),
          e.toString());
      keep(new IOException(e.toString(), e));
    }
  }

  private void keep(Exception e) {
    failure = failure == null ? e : failure;
  }
}
