package io.github.vqvae4j.train;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Makes folders for runs. */
final class RunPaths {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  private RunPaths() {}

  /** A new folder {@code <time>-<name>}. */
  static Path create(Path runs, String name) throws IOException {
    if (!name.matches("[\\p{Alnum}._-]+")) {
      throw new IllegalArgumentException(
          "RunFolder: expected a name of letters, digits, dots, dashes and underscores, got \""
              + name
              + "\".");
    }
    makeAll(runs);
    return firstNew(runs, TIME.format(LocalDateTime.now()) + "-" + name);
  }

  static void makeAll(Path folder) throws IOException {
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  /** Tries further names until one is new: two runs may begin in the same second. */
  private static Path firstNew(Path runs, String name) throws IOException {
    for (int i = 1; ; i++) {
      try {
        return Files.createDirectory(runs.resolve(i == 1 ? name : name + "-" + i));
      } catch (FileAlreadyExistsException e) {
        // Another run has it.
      } catch (IOException e) {
        throw unusable(runs, e);
      }
    }
  }

  private static IOException unusable(Path folder, IOException e) {
    return new IOException(
        "RunFolder: the folder "
            + folder
            + " cannot be made or written to ("
            + e
            + "); choose another folder, or give yourself the right to write there",
        e);
  }
}
