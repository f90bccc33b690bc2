package io.github.vqvae4j.data;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.FileNames;
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
import org.slf4j.LoggerFactory;

/**
 * Brings the files of a data set into the cache. A downloaded file gets its final name when it is
 * whole, of the expected length and SHA-256, and on the disk; before, it is called {@code .part}
 * and a later call goes on with it. Of what is there already, archives are checked before they are
 * unpacked, while plain files are left to their reader. A lock file keeps two processes from doing
 * the same at once.
 */
final class Downloads {
  private static final Logger LOG = LoggerFactory.getLogger(Downloads.class);
  private static final Object LOCK = new Object();

  /** More than any archive that is known here has. */
  private static final int MOST_ENTRIES = 1_000;

  private static final long MOST_BYTES = 1L << 30;

  private final Path folder;
  private final List<URI> mirrors;
  private final DownloadConfig config;

  private Downloads(Path folder, List<URI> mirrors, DownloadConfig config) {
    this.folder = folder;
    this.mirrors = mirrors;
    this.config = config;
  }

  /**
   * Downloads what is missing.
   *
   * @param name of the folder in the cache
   * @param files that shall be there
   * @param usual the mirrors if the settings have none
   * @return the folder
   * @throws BadFileException if an archive cannot be unpacked
   * @throws InterruptedIOException if the thread is interrupted; it stays interrupted
   * @throws IOException if no mirror has a file, or the cache cannot be written
   */
  static Path fetch(String name, List<RemoteFile> files, List<URI> usual, DownloadConfig config)
      throws IOException {
    if (config.cache() == null) {
      throw new IOException(
          "Cannot keep "
              + name
              + ": the home of this user is not known (user.home is \""
              + System.getProperty("user.home")
              + "\"); choose a folder for it with DownloadConfig.cache or -Dvqvae4j.cache=<folder>");
    }
    Path folder = config.cache().resolve(name);
    List<URI> mirrors = config.mirrors().isEmpty() ? usual : config.mirrors();
    Downloads downloads = new Downloads(folder, mirrors, config);
    FileNames.requirePlace(folder);
    if (!files.stream().allMatch(downloads::isThere)) {
      // A file lock is held by the process, and so would not keep its threads apart.
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

  private boolean isThere(RemoteFile file) {
    return Files.exists(folder.resolve(file.result()));
  }

  private FileChannel openLock() throws IOException {
    try {
      Files.createDirectories(folder);
      return FileChannel.open(
          folder.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new IOException(
          "Cannot make or write to the folder "
              + FileNames.path(folder)
              + " ("
              + e
              + "); choose another cache with DownloadConfig.cache or -Dvqvae4j.cache=<folder>",
          e);
    }
  }

  private void fetch(RemoteFile file) throws IOException {
    if (isThere(file)) {
      return;
    }
    Path target = folder.resolve(file.name());
    String earlier = Files.exists(target) ? setAsideUnlessIntact(file, target) : "";
    if (!Files.exists(target)) {
      download(file, target, earlier);
    }
    if (file.unpacked() != null) {
      unpack(file, target);
    }
  }

  /**
   * Renames an archive of other bytes, which somebody put here or a disk has damaged; what became
   * of it, or an empty text for the right one.
   */
  private String setAsideUnlessIntact(RemoteFile file, Path target) throws IOException {
    String sum = Sha256.of(target);
    if (sum.equals(file.sha256())) {
      return "";
    }
    Path aside = target.resolveSibling(file.name() + ".other");
    for (int i = 2; Files.exists(aside); i++) {
      aside = target.resolveSibling(file.name() + ".other-" + i);
    }
    Files.move(target, aside);
    String what =
        String.format(
            Locale.ROOT,
            "The file %s that was there has %d bytes and SHA-256 %s, expected %d and %s; it is now"
                + " called %s",
            FileNames.path(target),
            Files.size(aside),
            sum,
            file.bytes(),
            file.sha256(),
            aside.getFileName());
    LOG.warn("{}", what);
    return ". " + what;
  }

  private void download(RemoteFile file, Path target, String earlier) throws IOException {
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
      } catch (Transfer.FailedException e) {
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
                + (mirrors.size() == 1 ? ". There is no other mirror" : "")
                + earlier
                + ". Check the network, give other addresses with DownloadConfig.mirrors, or put the"
                + " file into "
                + FileNames.path(folder.toAbsolutePath()));
    causes.forEach(failure::addSuppressed);
    throw failure;
  }

  /** Unpacks beside the final name, so that a folder of that name is whole. */
  private void unpack(RemoteFile file, Path archive) throws IOException {
    Path temporary = folder.resolve(".unpacking");
    delete(temporary);
    TarGz.unpack(archive, temporary, MOST_ENTRIES, MOST_BYTES);
    Path unpacked = temporary.resolve(file.unpacked());
    if (!Files.isDirectory(unpacked)) {
      throw new BadFileException(
          archive,
          "entries",
          "got no folder " + file.unpacked() + ", expected one; get the archive anew");
    }
    forceFolders(unpacked);
    Files.move(unpacked, folder.resolve(file.unpacked()), StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.forceFolder(folder);
    delete(temporary);
    Files.delete(archive);
    LOG.info("{} unpacked into {}", file.name(), folder.resolve(file.unpacked()));
  }

  /** The files' content is on the disk already; these have their names. */
  private static void forceFolders(Path unpacked) throws IOException {
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
