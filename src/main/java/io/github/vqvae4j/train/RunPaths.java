package io.github.vqvae4j.train;

import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;

/** Makes folders for runs, and tells whether one is in a folder. */
final class RunPaths {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** The files of a run. */
  private static final String FILES =
      "{config.json,metrics.csv,metrics.json,summary.txt,*.safetensors,events.out.tfevents.*}";

  private static final String PICTURES = "step-*.png";

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
    return firstNew(runs, TIME.format(LocalDateTime.now()) + "-" + name, 1);
  }

  /** A new folder beside another one: {@code <folder>-2} or a higher number. */
  static Path createBeside(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    return firstNew(absolute.resolveSibling(""), String.valueOf(absolute.getFileName()), 2);
  }

  static void makeAll(Path folder) throws IOException {
    FileNames.requirePlace(folder);
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  /** Throws if there is a file of a run in a folder. */
  static void requireNoRun(Path folder) throws IOException {
    requireNone(folder, folder, FILES);
    Path pictures = folder.resolve(RunFolder.PICTURES);
    if (Files.isDirectory(pictures)) {
      requireNone(folder, pictures, PICTURES);
    }
  }

  private static void requireNone(Path folder, Path in, String files) throws IOException {
    try (DirectoryStream<Path> found = Files.newDirectoryStream(in, files)) {
      for (Path file : found) {
        throw holdsRun(folder, file);
      }
    }
  }

  /** Takes a folder for a run: of two runs, the first that makes the file of settings has it. */
  static void take(Path folder) throws IOException {
    Path config = folder.resolve(RunRecord.CONFIG);
    try {
      Files.createDirectories(folder);
      Files.createFile(config);
    } catch (FileAlreadyExistsException e) {
      throw new UncheckedIOException(holdsRun(folder, config));
    }
  }

  private static IOException holdsRun(Path folder, Path file) {
    return new IOException(
        "RunFolder: expected a folder without a run, got "
            + FileNames.path(folder)
            + ", which holds one ("
            + folder.relativize(file)
            + "); choose another folder, or move that run away");
  }

  /** Tries further names until one is new: two runs may begin in the same second. */
  private static Path firstNew(Path runs, String name, int number) throws IOException {
    for (int i = number; ; i++) {
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
            + FileNames.path(folder)
            + " cannot be made or written to ("
            + e
            + "); choose another folder, or give yourself the right to write there",
        e);
  }
}
