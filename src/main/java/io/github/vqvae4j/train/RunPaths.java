package io.github.vqvae4j.train;

import io.github.vqvae4j.io.AtomicFile;
import io.github.vqvae4j.io.FileNames;
import io.github.vqvae4j.log.internal.Log;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;

/** Creates and finds the folders of runs, and checks whether a folder already contains a run. */
final class RunPaths {
  private static final Logger LOG = Log.of(RunFolder.class);
  private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");
  private static final int TIME_LENGTH = 15;

  /** A glob of the files of a run. */
  private static final String FILES =
      "{config.json,metrics.csv,metrics.json,summary.txt,*.safetensors,events.out.tfevents.*}";

  private static final String IMAGE_FILES = "step-*.png";
  private static final Pattern STEP = Pattern.compile("step-(\\d{1,18})\\.[a-z]+");

  /** The name of a folder with a number that was appended because the rest existed already. */
  private static final Pattern NUMBERED = Pattern.compile("(.+)-([2-9]|[1-9]\\d+)");

  /** The order in which folders of the same name were created: by time, then by number. */
  private static final Comparator<Path> CREATION =
      Comparator.<Path, String>comparing(folder -> FileNames.name(folder).substring(0, TIME_LENGTH))
          .thenComparing(folder -> FileNames.name(folder).length())
          .thenComparing(FileNames::name);

  private RunPaths() {}

  /** Creates a new folder {@code <time>-<name>}. */
  static Path create(Path runs, String name) throws IOException {
    requireValidName(name);
    createFolders(runs);
    return firstNew(runs, TIME.format(LocalDateTime.now()) + "-" + name, 1);
  }

  private static void requireValidName(String name) {
    if (!name.matches("[\\p{Alnum}._-]+")) {
      throw new IllegalArgumentException(
          "RunFolder: expected a name of letters, digits, dots, hyphens and underscores, got \""
              + name
              + "\".");
    }
  }

  /**
   * Finds the last started run of a name that has checkpoints but has not ended, or was
   * interrupted. Folders that cannot be read are skipped with a warning.
   *
   * @param runs the parent folder
   * @param name the name of the run
   * @return the folder of the run; empty if there is none, or no parent folder
   * @throws IllegalArgumentException if the name is not one of a run
   * @throws IOException if the parent folder cannot be read
   */
  static Optional<Path> newestUnfinished(Path runs, String name) throws IOException {
    requireValidName(name);
    if (!Files.isDirectory(runs)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return folders
          .filter(folder -> isOfRun(folder, name))
          .sorted(CREATION.reversed())
          .filter(RunPaths::isUnfinished)
          .findFirst();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  /**
   * Returns whether a folder was created for a run of a name. {@code <time>-<name>-2} is the second
   * run of this name if {@code <time>-<name>} exists, otherwise the first of {@code <name>-2}.
   */
  private static boolean isOfRun(Path folder, String name) {
    String text = FileNames.name(folder);
    Matcher numbered = NUMBERED.matcher(text);
    while (numbered.matches() && Files.exists(folder.resolveSibling(numbered.group(1)))) {
      text = numbered.group(1);
      numbered.reset(text);
    }
    return text.matches("\\d{8}-\\d{6}-" + Pattern.quote(name));
  }

  private static boolean isUnfinished(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      Set<String> names = files.map(FileNames::name).collect(Collectors.toSet());
      return names.contains(CheckpointFolder.NAME)
          && CheckpointFolder.isResumable(folder)
          && (!names.contains(RunWriter.METRICS) || isInterrupted(folder))
          && !isBeingWritten(folder);
    } catch (NotDirectoryException e) {
      return false;
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} cannot be read and is skipped ({}).", FileNames.path(folder), e.toString());
      return false;
    }
  }

  private static boolean isBeingWritten(Path folder) throws IOException {
    boolean isHeld = RunLock.isHeld(folder);
    if (isHeld) {
      LOG.info("{} is being written by another run and is skipped.", FileNames.path(folder));
    }
    return isHeld;
  }

  private static boolean isInterrupted(Path folder) throws IOException {
    String metrics = Files.readString(folder.resolve(RunWriter.METRICS));
    return metrics.contains("\"stopReason\": \"" + StopReason.INTERRUPTED.name() + "\"");
  }

  /**
   * Prepares a folder for continuing its run after a step: deletes the images of later steps, the
   * files that are written when a run ends, so that the run is unfinished again, and what a killed
   * process has written of a file.
   *
   * @throws IOException if a file cannot be deleted
   */
  static void reopen(Path folder, long step) throws IOException {
    Files.deleteIfExists(folder.resolve(RunWriter.METRICS));
    Files.deleteIfExists(folder.resolve(RunWriter.SUMMARY));
    deleteAfter(folder.resolve(RunFolder.IMAGES), IMAGE_FILES, step);
    for (String name : List.of("", RunFolder.IMAGES, CheckpointFolder.NAME)) {
      AtomicFile.deleteTemporary(folder.resolve(name));
    }
  }

  /** Returns the number of files of sample images. */
  static int imagesIn(Path folder) throws IOException {
    Path images = folder.resolve(RunFolder.IMAGES);
    if (!Files.isDirectory(images)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(images)) {
      return Math.toIntExact(files.filter(file -> isImage(FileNames.name(file))).count());
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static boolean isImage(String name) {
    return STEP.matcher(name).matches() && name.endsWith(".png");
  }

  /**
   * Deletes the checkpoints of later steps.
   *
   * @throws IOException if a file cannot be deleted
   */
  static void deleteCheckpointsAfter(Path folder, long step) throws IOException {
    deleteAfter(folder.resolve(CheckpointFolder.NAME), CheckpointFolder.FILES, step);
    CheckpointFolder.deleteBestAfter(folder, step);
  }

  private static void deleteAfter(Path folder, String glob, long step) throws IOException {
    if (!Files.isDirectory(folder)) {
      return;
    }
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, glob)) {
      for (Path file : files) {
        Matcher name = STEP.matcher(FileNames.name(file));
        boolean isLater = name.matches() && Long.parseLong(name.group(1)) > step;
        if (isLater && !Files.isDirectory(file)) {
          Files.delete(file);
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
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
    requireNoneIn(folder, RunFolder.IMAGES, IMAGE_FILES);
    requireNoneIn(folder, CheckpointFolder.NAME, CheckpointFolder.FILES);
  }

  private static void requireNoneIn(Path folder, String name, String glob) throws IOException {
    Path directory = folder.resolve(name);
    if (Files.isDirectory(directory)) {
      requireNone(folder, directory, glob);
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
