package io.github.vqvae4j.train;

import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The lock of a run folder, which one run holds while it is written: a lock on a file in it. The
 * operating system releases it when the process ends, however it ends.
 */
final class RunLock implements AutoCloseable {
  static final String NAME = ".lock";

  /**
   * The files that this process has locked. They must not be opened to find out: where locks are
   * those of POSIX, closing any channel to a file releases all locks of the process on it.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final Object key;
  private final FileChannel channel;

  private RunLock(Path file, Object key, FileChannel channel) {
    this.file = file;
    this.key = key;
    this.channel = channel;
  }

  /**
   * Locks a folder.
   *
   * @return the lock; empty if another run holds it, in this process or another
   * @throws IOException if the file of the lock cannot be written, or locks are not supported
   */
  static Optional<RunLock> acquire(Path folder) throws IOException {
    Path file = folder.toRealPath().resolve(NAME);
    synchronized (HELD) {
      if (HELD.contains(file)) {
        return Optional.empty();
      }
      FileChannel channel = null;
      Object opened;
      do { // its last holder may just have deleted the file that was opened
        if (channel != null) {
          channel.close();
        }
        opened = key(file);
        channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        if (!lock(channel)) {
          channel.close();
          return Optional.empty();
        }
      } while (!Objects.equals(opened, key(file)));
      HELD.add(file);
      return Optional.of(new RunLock(file, opened, channel));
    }
  }

  private static boolean lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      return false; // held by this class in another class loader
    } catch (IOException e) {
      channel.close();
      throw e;
    }
  }

  /** Returns what identifies a file, without opening it; null if it does not exist. */
  private static Object key(Path file) throws IOException {
    try {
      return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Returns whether a run, in this process or another, is being written to a folder. */
  static boolean isHeld(Path folder) throws IOException {
    if (!Files.exists(folder.resolve(NAME))) {
      return false;
    }
    synchronized (HELD) {
      Optional<RunLock> lock = acquire(folder);
      if (lock.isPresent()) {
        lock.get().close();
      }
      return lock.isEmpty();
    }
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
    if (isReplaced()) {
      throw new IOException(
          FileNames.path(file.getParent()) + " was moved, and another run is written in its place");
    }
  }

  private boolean isReplaced() throws IOException {
    Object current = key(file);
    return current != null && !current.equals(key);
  }

  /** Deletes the file, unless it is that of another run, and releases the lock. */
  @Override
  public void close() throws IOException {
    synchronized (HELD) {
      try (channel) {
        if (Files.exists(file) && !isReplaced()) {
          Files.delete(file);
        }
      } finally {
        HELD.remove(file);
      }
    }
  }
}
