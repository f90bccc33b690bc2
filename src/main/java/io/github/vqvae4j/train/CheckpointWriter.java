package io.github.vqvae4j.train;

import java.io.IOException;
import java.nio.file.Path;

/** Writes the state of a run after its last completed step. */
interface CheckpointWriter {
  /** A copy of the state. */
  interface Snapshot {
    /**
     * Writes the file, which is replaced atomically. May be called by any thread.
     *
     * @throws IOException if the file cannot be written
     */
    void write() throws IOException;
  }

  /**
   * Returns whether the state is that after the last completed step, and finite: not if an
   * optimizer was reset because a later step failed after its update.
   */
  boolean isIntact();

  /** Returns the step of the best evaluation; 0 if there is none. */
  long bestStep();

  /**
   * Copies the state.
   *
   * @param file the file to write
   * @throws UnsupportedOperationException if an optimizer does not save its state
   */
  Snapshot snapshot(Path file);
}
