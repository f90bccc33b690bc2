package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.RunFolder;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.TreeSet;

/**
 * The folder for what a command writes. Folders that were made for it and stayed empty go when it
 * is closed.
 */
final class OutputFolder implements AutoCloseable {
  /** What pictures and figures take at most, in bytes. */
  private static final long PICTURES = 4 << 20;

  /** Writes a file, whole or not at all. */
  interface Writing {
    void to(Path file) throws IOException;
  }

  private final Path path;
  private final Deque<Path> made;
  private final List<String> earlier;
  private final List<String> written = Collections.synchronizedList(new ArrayList<>());

  private OutputFolder(Path path, Deque<Path> made) {
    this.path = path;
    this.made = made;
    earlier = names();
  }

  /**
   * Makes the folder.
   *
   * @param output the user's choice, or null for a new folder named by time and command
   */
  static OutputFolder make(Path output, String command) throws IOException {
    Deque<Path> made = new ArrayDeque<>();
    if (output != null) {
      Path folder = output.toString().isEmpty() ? Path.of(".") : output;
      makeAll(folder, made);
      return new OutputFolder(folder, made);
    }
    Path runs = Path.of("runs");
    makeAll(runs, made);
    made.push(RunFolder.createFolder(runs, command));
    return new OutputFolder(made.peek(), made);
  }

  private static void makeAll(Path folder, Deque<Path> made) throws IOException {
    FileNames.requirePlace(folder);
    if (Files.isDirectory(folder)) {
      return;
    }
    if (folder.getParent() != null) {
      makeAll(folder.getParent(), made);
    }
    try {
      made.push(Files.createDirectory(folder));
    } catch (FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw new IOException(
            FileNames.path(folder)
                + " is a file, but a folder is needed for the results; choose another with"
                + " --output, or move the file away",
            e);
      }
    } catch (IOException e) {
      throw new IOException(
          "Cannot make the folder "
              + FileNames.path(folder)
              + " for the results ("
              + FailureMessage.of(e)
              + "); choose another with --output",
          e);
    }
  }

  Path path() {
    return path;
  }

  /** In full, for people. */
  String place() {
    return FileNames.path(path.toAbsolutePath().normalize());
  }

  Path file(String name) {
    return FileNames.resolve(path, name);
  }

  /** Fails before a long training if its results could not be written, or would find no room. */
  void requireSpaceFor(ImageModel model) throws IOException {
    try {
      Files.delete(Files.createTempFile(path, "probe", null));
    } catch (IOException e) {
      throw new IOException(
          "Cannot write into the folder "
              + FileNames.path(path)
              + " ("
              + FailureMessage.of(e)
              + "); choose another with --output",
          e);
    }
    // The model twice: it replaces its file only when it is whole.
    long needed =
        PICTURES + 8L * model.variables().values().stream().mapToLong(Variable::size).sum();
    long free = Files.getFileStore(path).getUsableSpace();
    if (free < needed) {
      throw new IOException(
          String.format(
              "Cannot write to %s: %,d kB are free there, expected %,d kB for the results; free some"
                  + " space, or choose another folder with --output",
              FileNames.path(path), free / 1024, needed / 1024));
    }
  }

  /** Writes one of the files. */
  void write(String name, Writing writing) throws IOException {
    try {
      writing.to(file(name));
    } catch (IOException e) {
      throw new IOException(
          "Cannot write "
              + FileNames.path(file(name))
              + ": "
              + FailureMessage.of(FailureMessage.firstCause(e))
              + "; "
              + summary()
              + ". Free some space, or choose another folder with --output",
          e);
    }
    written.add(name);
  }

  /** What is there, for a run that did not come to its end. */
  String summary() {
    TreeSet<String> there = new TreeSet<>(names());
    earlier.forEach(there::remove);
    there.addAll(written);
    return there.isEmpty()
        ? "nothing was written"
        : "complete in " + FileNames.path(path) + ": " + String.join(", ", there);
  }

  /** None if the folder cannot be read: what was written is known without it. */
  private List<String> names() {
    String[] names = path.toFile().list();
    return names == null ? List.of() : List.of(names);
  }

  /** Deletes the folders that were made for this run, as far as they are empty. */
  @Override
  public void close() {
    try {
      for (Path folder : made) {
        Files.deleteIfExists(folder);
      }
    } catch (DirectoryNotEmptyException e) {
      // It holds results.
    } catch (IOException e) {
      // An empty folder more is no reason to fail.
    }
  }
}
