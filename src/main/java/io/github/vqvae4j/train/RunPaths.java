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

/** Creates the folders of runs and checks whether a folder already contains a run. */
final class RunPaths {
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

  /** A glob of the files of a run. */
  private static final String FILES =
      "{config.json,metrics.csv,metrics.json,summary.txt,*.safetensors,events.out.tfevents.*}";

  private static final String IMAGE_FILES = "step-*.png";

  private RunPaths() {}

  /** Creates a new folder {@code <time>-<name>}. */
  static Path create(Path runs, String name) throws IOException {
    if (!name.matches("[\\p{Alnum}._-]+")) {
      throw new IllegalArgumentException(
          "RunFolder: expected a name of letters, digits, dots, hyphens and underscores, got \""
              + name
              + "\".");
    }
    createFolders(runs);
    return firstNew(runs, TIME.format(LocalDateTime.now()) + "-" + name, 1);
  }

  /** Creates a new folder next to another one: {@code <folder>-2} or a higher number. */
  static Path createSibling(Path folder) throws IOException {
    Path absolute = folder.toAbsolutePath().normalize();
    return firstNew(absolute.resolveSibling(""), String.valueOf(absolute.getFileName()), 2);
  }

  static void createFolders(Path folder) throws IOException {
    FileNames.requireValidTarget(folder);
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(folder);
      }
    } catch (IOException e) {
      throw unusable(folder, e);
    }
  }

  /** Throws an IOException if a folder contains a file of a run. */
  static void requireNoRun(Path folder) throws IOException {
    requireNone(folder, folder, FILES);
    Path images = folder.resolve(RunFolder.IMAGES);
    if (Files.isDirectory(images)) {
      requireNone(folder, images, IMAGE_FILES);
    }
  }

  private static void requireNone(Path folder, Path directory, String glob) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, glob)) {
      for (Path file : files) {
        throw containsRun(folder, file);
      }
    }
  }

  /** Claims a folder for a run by atomically creating its settings file. */
  static void claim(Path folder) throws IOException {
    Path config = folder.resolve(RunWriter.CONFIG);
    try {
      Files.createDirectories(folder);
      Files.createFile(config);
    } catch (FileAlreadyExistsException e) {
      throw new UncheckedIOException(containsRun(folder, config));
    }
  }

  private static IOException containsRun(Path folder, Path file) {
    return new IOException(
        "RunFolder: expected a folder without a run, got "
            + FileNames.path(folder)
            + ", which already contains "
            + folder.relativize(file)
            + "; choose another folder, or move that run elsewhere");
  }

  /** Appends a number until the name is new, since two runs may start in the same second. */
  private static Path firstNew(Path runs, String name, int number) throws IOException {
    for (int i = number; ; i++) {
      try {
        return Files.createDirectory(runs.resolve(i == 1 ? name : name + "-" + i));
      } catch (FileAlreadyExistsException e) {
        // Another run uses this name: try the next one.
      } catch (IOException e) {
        throw unusable(runs, e);
      }
    }
  }

  private static IOException unusable(Path folder, IOException e) {
    return new IOException(
        "RunFolder: cannot create or write to the folder "
            + FileNames.path(folder)
            + " ("
            + e
            + "); choose another folder, or change its permissions",
        e);
  }
}
