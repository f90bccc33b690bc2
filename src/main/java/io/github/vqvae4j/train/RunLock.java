package io.github.vqvae4j.train;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.LockFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The lock of a run folder, which one run holds while it is written.
 *
 * @param folder the folder
 * @param file the locked file in it
 */
record RunLock(Path folder, LockFile file) implements AutoCloseable {
  static final String NAME = ".lock";

  /**
   * Locks a folder.
   *
   * @return the lock; empty if another run holds it, in this process or another
   * @throws IOException if the file of the lock cannot be written, or locks are not supported
   */
  static Optional<RunLock> acquire(Path folder) throws IOException {
    Path real = folder.toRealPath();
    return LockFile.acquire(real.resolve(NAME)).map(file -> new RunLock(real, file));
  }

  /** Returns whether a run, in this process or another, is being written to a folder. */
  static boolean isHeld(Path folder) throws IOException {
    return LockFile.isHeld(folder.resolve(NAME));
  }

  /** Returns an exception that says that another run holds the lock of a folder. */
  static IOException inUse(Path folder) {
    return new IOException(
        "RunFolder: expected a folder that no run is being written to, got "
            + FileNames.path(folder)
            + ", which another process, or another run of this one, is writing. Wait for its end or"
            + " stop it, or choose another folder");
  }

  /**
   * Checks that the folder has not been moved while another run took its place.
   *
   * @throws IOException if the file is that of another run
   */
  void check() throws IOException {
    if (file.isReplaced()) {
      throw new IOException(
          FileNames.path(folder) + " was moved, and another run is written in its place");
    }
  }

  /** Deletes the file, unless it is that of another run, and releases the lock. */
  @Override
  public void close() throws IOException {
    file.close();
  }
}
