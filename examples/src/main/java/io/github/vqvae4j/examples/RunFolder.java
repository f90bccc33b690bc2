package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;

/** The folder of one run. Folders that were made for it and stayed empty go when it is closed. */
final class RunFolder implements AutoCloseable {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** What pictures and figures take at most, in bytes. */
  private static final long PICTURES = 2 << 20;

  /** Writes a file, whole or not at all. */
  interface Writing {
    void to(Path file) throws IOException;
  }

  private final Path path;
  private final Deque<Path> made;
  private final List<String> written = Collections.synchronizedList(new ArrayList<>());

  private RunFolder(Path path, Deque<Path> made) {
    this.path = path;
    this.made = made;
  }

  /**
   * Makes the folder.
   *
   * @param output the user's choice, or null for a new folder named by time and command
   */
  static RunFolder make(Path output, String command) throws IOException {
    Deque<Path> made = new ArrayDeque<>();
    if (output != null) {
      Path folder = output.toString().isEmpty() ? Path.of(".") : output;
      makeAll(folder, made);
      return new RunFolder(folder, made);
    }
    Path runs = Path.of("runs");
    makeAll(runs, made);
    return new RunFolder(makeNew(runs, TIME.format(LocalDateTime.now()), command, made), made);
  }

  /** Tries further names until one is new: two runs may begin in the same second. */
  private static Path makeNew(Path runs, String time, String command, Deque<Path> made)
      throws IOException {
    for (int i = 1; ; i++) {
      Path folder = runs.resolve(time + "-" + command + (i == 1 ? "" : "-" + i));
      try {
        made.push(Files.createDirectory(folder));
        return folder;
      } catch (FileAlreadyExistsException e) {
        // Another run has it.
      }
    }
  }

  private static void makeAll(Path folder, Deque<Path> made) throws IOException {
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
            folder
                + " is a file, but a folder is needed for the results; choose another with"
                + " --output, or move the file away",
            e);
      }
    } catch (IOException e) {
      throw new IOException(
          "Cannot make the folder "
              + folder
              + " for the results ("
              + FailureMessage.of(e)
              + "); choose another with --output",
          e);
    }
  }

  Path path() {
    return path;
  }

  Path file(String name) {
    return path.resolve(name);
  }

  /** Fails before a long training if its results could not be written, or would find no room. */
  void requireSpaceFor(ImageModel model) throws IOException {
    try {
      Files.delete(Files.createTempFile(path, "probe", null));
    } catch (IOException e) {
      throw new IOException(
          "Cannot write into the folder "
              + path
              + " ("
              + FailureMessage.of(e)
              + "); choose another with --output",
          e);
    }
    long needed =
        PICTURES + 4L * model.variables().values().stream().mapToLong(Variable::size).sum();
    long free = Files.getFileStore(path).getUsableSpace();
    if (free < needed) {
      throw new IOException(
          String.format(
              "Cannot write to %s: %,d kB are free there, expected %,d kB for the results; free some"
                  + " space, or choose another folder with --output",
              path, free / 1024, needed / 1024));
    }
  }

  /** Writes one of the files. */
  void write(String name, Writing writing) throws IOException {
    try {
      writing.to(file(name));
    } catch (IOException e) {
      throw new IOException(
          "Cannot write "
              + file(name)
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
    return written.isEmpty()
        ? "nothing was written"
        : "complete in " + path + ": " + String.join(", ", written);
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
