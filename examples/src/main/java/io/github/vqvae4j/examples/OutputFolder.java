package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.io.LockFile;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.RunFolder;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/**
 * The output folder of a command. Closing it deletes folders that it created and that are still
 * empty.
 */
final class OutputFolder implements AutoCloseable {
  /** An upper bound for the size of images and metrics, in bytes. */
  private static final long OTHER_BYTES = 4 << 20;

  /** The parent of the folders of runs. */
  static final Path RUNS = Path.of("runs");

  /** The file that is locked while a command that trains in subfolders writes to the folder. */
  static final String LOCK = ".lock";

  /** Writes a file atomically. */
  interface Writing {
    void to(Path file) throws IOException;
  }

  private final Path path;
  private final Deque<Path> created;
  private final boolean resumed;
  private final List<String> existing;
  private Optional<LockFile> lock = Optional.empty();
  private final List<String> written = Collections.synchronizedList(new ArrayList<>());

  private OutputFolder(Path path, Deque<Path> created, boolean resumed) {
    this.path = path;
    this.created = created;
    this.resumed = resumed;
    existing = resumed ? List.of() : names();
  }

  /** Opens the folder of a run that is resumed, or creates one. */
  static OutputFolder of(ResumeOption resume, Path output, String command) throws IOException {
    return resume.folder().isPresent()
        ? new OutputFolder(resume.folder().get(), new ArrayDeque<>(), true)
        : create(output, command);
  }

  /**
   * Creates the folder.
   *
   * @param output the requested folder, or null for a new folder named by time and command
   */
  static OutputFolder create(Path output, String command) throws IOException {
    Deque<Path> created = new ArrayDeque<>();
    if (output != null) {
      Path folder = output.toString().isEmpty() ? Path.of(".") : output;
      createAll(folder, created);
      return new OutputFolder(folder, created, false);
    }
    createAll(RUNS, created);
    created.push(RunFolder.createFolder(RUNS, command));
    return new OutputFolder(created.peek(), created, false);
  }

  private static void createAll(Path folder, Deque<Path> created) throws IOException {
    FileNames.requireValidTarget(folder);
    if (Files.isDirectory(folder)) {
      return;
    }
    if (folder.getParent() != null) {
      createAll(folder.getParent(), created);
    }
    try {
      created.push(Files.createDirectory(folder));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new IOException(
            FileNames.path(folder)
                + " is a file, expected a folder for the results; choose another with --output, or"
                + " move the file",
            e);
      }
    } catch (IOException e) {
      throw new IOException(
          "Cannot create the folder "
              + FileNames.path(folder)
              + " for the results ("
              + FailureMessage.of(e)
              + "); choose another with --output",
          e);
    }
  }

  /** Locks the folder until it is closed: two processes would overwrite each other's files. */
  synchronized void lock(PrintWriter out) throws IOException {
    try {
      lock = LockFile.acquire(file(LOCK));
    } catch (IOException e) {
      out.printf(
          "Cannot lock %s (%s); no other process may write to it.%n",
          FileNames.path(path), FailureMessage.of(e));
      return;
    }
    if (lock.isEmpty()) {
      throw new IOException(
          FileNames.path(path)
              + ": another process writes to this folder; wait for its end or stop it, or choose"
              + " another folder");
    }
  }

  /** Returns whether the folder contains a run of this process, which can be resumed. */
  boolean isResumable() {
    return (resumed || written.contains(RunOptions.FILE)) && Files.exists(file(RunOptions.FILE));
  }

  Path path() {
    return path;
  }

  /** Returns the absolute path, for display. */
  String displayPath() {
    return FileNames.path(path.toAbsolutePath().normalize());
  }

  Path file(String name) {
    return FileNames.resolve(path, name);
  }

  /** Checks before training that the results can be written and that there is enough disk space. */
  void requireSpaceFor(ImageModel model) throws IOException {
    try {
      Files.delete(Files.createTempFile(path, "probe", null));
    } catch (IOException e) {
      throw new IOException(
          "Cannot write to the folder "
              + FileNames.path(path)
              + " ("
              + FailureMessage.of(e)
              + "); choose another with --output",
          e);
    }
    // Twice the model: a complete new file replaces the old one.
    long needed =
        OTHER_BYTES + 8L * model.variables().values().stream().mapToLong(Variable::size).sum();
    long free = Files.getFileStore(path).getUsableSpace();
    if (free < needed) {
      throw new IOException(
          String.format(
              "Cannot write to %s: expected %3$,d kB of free space for the results, got %2$,d kB;"
                  + " free some space, or choose another folder with --output",
              FileNames.path(path), free / 1024, needed / 1024));
    }
  }

  /** Writes a file into the folder. */
  void write(String name, Writing writing) throws IOException {
    try {
      writing.to(file(name));
    } catch (IOException e) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(file(name))
              + ": "
              + FailureMessage.of(FailureMessage.rootCause(e))
              + "; "
              + summary()
              + ". Free some space, or choose another folder with --output",
          e);
    }
    written.add(name);
  }

  /** Describes the files written so far, for a run that did not finish. */
  String summary() {
    TreeSet<String> files = new TreeSet<>(names());
    existing.forEach(files::remove);
    files.remove(LOCK);
    files.addAll(List.copyOf(written));
    return files.isEmpty()
        ? "no files were written"
        : "complete files in " + FileNames.path(path) + ": " + String.join(", ", files);
  }

  /** Returns no names if the folder cannot be read; the written files are known anyway. */
  private List<String> names() {
    String[] names = path.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  /** Deletes the folders created for this run that are empty. */
  @Override
  public synchronized void close() {
    try {
      Optional<LockFile> held = lock;
      lock = Optional.empty();
      if (held.isPresent()) {
        held.get().close();
      }
      for (Path folder : created) {
        Files.deleteIfExists(folder);
      }
    } catch (DirectoryNotEmptyException e) {
      // The folder contains results.
    } catch (IOException e) {
      // A leftover empty folder is not an error.
    }
  }
}
