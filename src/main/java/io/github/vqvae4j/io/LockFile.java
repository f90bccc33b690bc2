package io.github.vqvae4j.io;

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
 * A file that exists and is locked while one owner, such as a run or a writer, writes what it
 * stands for. The operating system releases the lock when the process ends, however it ends; the
 * file then remains until its next owner has deleted it.
 */
public final class LockFile implements AutoCloseable {
  /**
   * The files that this process has locked. They must not be opened to find out: where locks are
   * those of POSIX, closing any channel to a file releases all locks of the process on it.
   */
  private static final Set<Path> HELD = new HashSet<>();

  private final Path file;
  private final Object key;
  private final FileChannel channel;

  private LockFile(Path file, Object key, FileChannel channel) {
    this.file = file;
    this.key = key;
    this.channel = channel;
  }

  /**
   * Locks a file, which is created if it does not exist.
   *
   * @param lock the file, in an existing folder
   * @return the lock; empty if it is held, in this process or another
   * @throws IOException if the file cannot be written, or locks are not supported
   */
  public static Optional<LockFile> acquire(Path lock) throws IOException {
    Path absolute = lock.toAbsolutePath();
    Path file = absolute.getParent().toRealPath().resolve(absolute.getFileName());
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
        if (!tryLock(channel)) {
          channel.close();
          return Optional.empty();
        }
      } while (!Objects.equals(opened, key(file)));
      HELD.add(file);
      return Optional.of(new LockFile(file, opened, channel));
    }
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
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

  /**
   * Returns whether a lock is held, in this process or another.
   *
   * @param lock the file
   * @return whether it exists and is locked
   * @throws IOException if the file cannot be written, or locks are not supported
   */
  public static boolean isHeld(Path lock) throws IOException {
    if (!Files.exists(lock)) {
      return false;
    }
    synchronized (HELD) {
      Optional<LockFile> acquired = acquire(lock);
      if (acquired.isPresent()) {
        acquired.get().close();
      }
      return acquired.isEmpty();
    }
  }

  /**
   * Returns whether another file has taken the place of this one, because its folder was moved.
   *
   * @return whether the file is that of another owner
   * @throws IOException if the file cannot be read
   */
  public boolean isReplaced() throws IOException {
    Object current = key(file);
    return current != null && !current.equals(key);
  }

  /** Deletes the file, unless it is that of another owner, and releases the lock. */
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
