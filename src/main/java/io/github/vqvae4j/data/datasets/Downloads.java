package io.github.vqvae4j.data.datasets;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLockInterruptionException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.slf4j.Logger;

/**
 * Downloads the files of a dataset to the cache. A file gets its final name when it is complete,
 * has the expected length and SHA-256, and is flushed to disk; before that, its name ends in {@code
 * .part} and a later call resumes the download. Existing archives are verified before they are
 * unpacked; existing plain files are verified by their readers. A lock file prevents concurrent
 * downloads by several processes.
 */
final class Downloads {
  private static final Logger LOG = Log.ofProgress(Downloads.class);
  private static final Object LOCK = new Object();

  /** More than the number of entries of any supported archive. */
  private static final int MAX_ENTRIES = 1_000;

  private static final long MAX_BYTES = 1L << 30;

  private final Path folder;
  private final List<URI> mirrors;
  private final DownloadConfig config;

  private Downloads(Path folder, List<URI> mirrors, DownloadConfig config) {
    this.folder = folder;
    this.mirrors = mirrors;
    this.config = config;
  }

  /**
   * Downloads missing files.
   *
   * @param name the name of the folder in the cache
   * @param files the files of the dataset
   * @param defaultMirrors the mirrors to use if the settings have none
   * @return the folder
   * @throws BadFileException if an archive cannot be unpacked
   * @throws InterruptedIOException if the thread is interrupted; its interrupt status remains set
   * @throws IOException if a file cannot be downloaded from any mirror, or the cache cannot be
   *     written
   */
  static Path fetch(
      String name, List<RemoteFile> files, List<URI> defaultMirrors, DownloadConfig config)
      throws IOException {
    if (config.cache() == null) {
      throw new IOException(
          "Cannot store "
              + name
              + ": the home directory of the user is unknown (user.home is \""
              + System.getProperty("user.home")
              + "\"); set a cache folder with DownloadConfig.cache or -Dvqvae4j.cache=<folder>");
    }
    Path folder = config.cache().resolve(name);
    List<URI> mirrors = config.mirrors().isEmpty() ? defaultMirrors : config.mirrors();
    Downloads downloads = new Downloads(folder, mirrors, config);
    FileNames.requireValidTarget(folder);
    if (!files.stream().allMatch(downloads::exists)) {
      // A file lock is held by the whole process, so it does not exclude other threads of this
      // process.
      synchronized (LOCK) {
        try (FileChannel channel = downloads.openLock()) {
          channel.lock();
          for (RemoteFile file : files) {
            downloads.fetch(file);
          }
        } catch (ClosedByInterruptException | FileLockInterruptionException e) {
          throw Transfer.interrupted(name, e);
        }
      }
    }
    return folder;
  }

  private boolean exists(RemoteFile file) {
    return Files.exists(folder.resolve(file.result()));
  }

  private FileChannel openLock() throws IOException {
    try {
      Files.createDirectories(folder);
      return FileChannel.open(
          folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "Cannot create or write to the folder "
              + FileNames.path(folder)
              + " ("
              + e
              + "); set another cache folder with DownloadConfig.cache or -Dvqvae4j.cache=<folder>",
          e);
    }
  }

  private void fetch(RemoteFile file) throws IOException {
    if (exists(file)) {
      return;
    }
    Path target = folder.resolve(file.name());
    String replaced = Files.exists(target) ? renameUnlessIntact(file, target) : "";
    if (!Files.exists(target)) {
      download(file, target, replaced);
    }
    if (file.unpacked() != null) {
      unpack(file, target);
    }
  }

  /**
   * Renames an archive with unexpected content, which was copied here by hand or is corrupt.
   * Returns a message about it, or an empty string for the expected archive.
   */
  private String renameUnlessIntact(RemoteFile file, Path target) throws IOException {
    String sum = Sha256.of(target);
    if (sum.equals(file.sha256())) {
      return "";
    }
    Path renamed = target.resolveSibling(file.name() + ".other");
    for (int i = 2; Files.exists(renamed); i++) {
      renamed = target.resolveSibling(file.name() + ".other-" + i);
    }
    Files.move(target, renamed);
    String message =
        String.format(
            Locale.ROOT,
            "The existing file %s has %d bytes and SHA-256 %s, expected %d and %s; it was renamed"
                + " to %s",
            FileNames.path(target),
            Files.size(renamed),
            sum,
            file.bytes(),
            file.sha256(),
            renamed.getFileName());
    LOG.warn("{}", message);
    return ". " + message;
  }

  private void download(RemoteFile file, Path target, String replaced) throws IOException {
    List<String> failures = new ArrayList<>();
    List<IOException> causes = new ArrayList<>();
    Transfer transfer = new Transfer(file, folder.resolve(file.name() + ".part"), config);
    for (URI mirror : mirrors) {
      URI source = mirror.resolve(file.name());
      try {
        transfer.from(source);
        Files.move(transfer.part(), target, StandardCopyOption.ATOMIC_MOVE);
        AtomicFile.forceFolder(folder);
        return;
      } catch (Transfer.MirrorException e) {
        LOG.warn("{}: {}", source, e.getMessage());
        failures.add(source + ": " + e.getMessage());
        causes.add(e);
      }
    }
    IOException failure =
        new IOException(
            "Cannot download "
                + file.name()
                + ". "
                + String.join(". ", failures)
                + (mirrors.size() == 1 ? ". There are no other mirrors" : "")
                + replaced
                + ". Check the network, set other mirrors with DownloadConfig.mirrors, or put the"
                + " file into "
                + FileNames.path(folder.toAbsolutePath()));
    causes.forEach(failure::addSuppressed);
    throw failure;
  }

  /** Unpacks to a temporary folder first, so that a folder with the final name is complete. */
  private void unpack(RemoteFile file, Path archive) throws IOException {
    Path temporary = folder.resolve(".unpacking");
    delete(temporary);
    TarGz.unpack(archive, temporary, MAX_ENTRIES, MAX_BYTES);
    Path unpacked = temporary.resolve(file.unpacked());
    if (!Files.isDirectory(unpacked)) {
      throw new BadFileException(
          archive,
          "entries",
          "got no folder " + file.unpacked() + ", expected one; download the archive again");
    }
    flushFolders(unpacked);
    Files.move(unpacked, folder.resolve(file.unpacked()), StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.forceFolder(folder);
    delete(temporary);
    Files.delete(archive);
    LOG.info("{} unpacked into {}", file.name(), folder.resolve(file.unpacked()));
  }

  /**
   * Flushes the folders, which contain the file names; the content of the files is flushed already.
   */
  private static void flushFolders(Path unpacked) throws IOException {
    try (Stream<Path> all = Files.walk(unpacked)) {
      all.filter(Files::isDirectory).forEach(AtomicFile::forceFolder);
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void delete(Path temporary) throws IOException {
    if (!Files.exists(temporary)) {
      return;
    }
    try (Stream<Path> all = Files.walk(temporary)) {
      for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
