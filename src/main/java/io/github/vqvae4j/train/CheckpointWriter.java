package io.github.vqvae4j.train;

import java.io.IOException;
import java.nio.file.Path;

/** Writes the state of a run after its last completed step. */
interface CheckpointWriter {
  /**
   * Returns whether the state is that after the last completed step, and finite: not if an
   * optimizer was reset because a later step failed after its update.
   */
  boolean isIntact();

  /**
   * Writes the state.
   *
   * @param file the file, which is replaced atomically
   * @throws UnsupportedOperationException if an optimizer does not save its state
   * @throws IOException if the file cannot be written
   */
  void write(Path file) throws IOException;
}
