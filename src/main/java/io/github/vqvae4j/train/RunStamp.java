package io.github.vqvae4j.train;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.zip.CRC32;
import java.util.zip.CheckedOutputStream;

/**
 * The files of a run when a trainer read its checkpoint, by which it is found out whether another
 * run has continued it since. Every run writes {@code config.json}, with a random ID of its own,
 * when it completes its first step or repeats an evaluation, before it writes anything else; so it
 * is noticed however it ends.
 *
 * <p>The content of {@code config.json} and {@code metrics.csv} counts, and the size and time of
 * the checkpoints that {@link CheckpointFolder} reads, as the run folder of a checkpoint may not be
 * known. Other files, such as a model that was saved to the folder, files that cannot be read and
 * deleted files do not count.
 */
final class RunStamp {
  /** Sizes and times of checkpoints, and checksums of other files, by real path. */
  private final Map<Path, String> files = new TreeMap<>();

  private RunStamp() {}

  /** Returns the stamp of a run folder, or of the folder of a checkpoint. */
  static RunStamp of(Path folderOrCheckpoint) throws IOException {
    RunStamp stamp = new RunStamp();
    if (Files.isDirectory(folderOrCheckpoint)) {
      stamp.add(folderOrCheckpoint);
    } else if (Files.exists(folderOrCheckpoint)) {
      Path checkpoints = folderOrCheckpoint.toAbsolutePath().resolveSibling("");
      addCheckpoints(stamp.files, checkpoints);
      // It may be a link in the run folder, or be reached by another link. Its path is not
      // normalized, as the folder before ".." may be a link.
      for (Path place : List.of(checkpoints, checkpoints.toRealPath())) {
        if (place.endsWith(CheckpointFolder.NAME)) {
          addOthers(stamp.files, place.resolveSibling(""));
        }
      }
    }
    return stamp;
  }

  /** Adds the files of a run folder as they are now. */
  void add(Path folder) throws IOException {
    addCheckpoints(files, folder.resolve(CheckpointFolder.NAME));
    addOthers(files, folder);
  }

  /** Returns a file of a run folder that is new or has changed since. */
  Optional<Path> change(Path folder) throws IOException {
    Map<Path, String> checkpoints = new TreeMap<>();
    addCheckpoints(checkpoints, folder.resolve(CheckpointFolder.NAME));
    Map<Path, String> others = new TreeMap<>();
    addOthers(others, folder);
    // The folder of a checkpoint may not be known.
    boolean isKnown = others.keySet().stream().anyMatch(files::containsKey);
    if (isKnown) {
      checkpoints.putAll(others);
    }
    return checkpoints.entrySet().stream()
        .filter(file -> !file.getValue().equals(files.get(file.getKey())))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static void addCheckpoints(Map<Path, String> files, Path checkpoints) throws IOException {
    if (!Files.isDirectory(checkpoints)) {
      return;
    }
    try (DirectoryStream<Path> found =
        Files.newDirectoryStream(
            checkpoints.toRealPath(),
            file -> CheckpointFolder.isCheckpoint(file) && isReadable(file))) {
      for (Path file : found) {
        try {
          BasicFileAttributes read = Files.readAttributes(file, BasicFileAttributes.class);
          files.put(file, read.size() + " bytes of " + read.lastModifiedTime());
        } catch (NoSuchFileException e) {
          continue; // deleted by a run that is writing the folder
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  /** Returns whether a file is neither a folder nor a link without a target, and can be read. */
  private static boolean isReadable(Path file) {
    return Files.isRegularFile(file) && Files.isReadable(file);
  }

  private static void addOthers(Map<Path, String> files, Path folder) throws IOException {
    for (String name : List.of(RunWriter.CONFIG, RunCurves.TABLE)) {
      Path file = folder.resolve(name);
      if (isReadable(file)) {
        files.put(file.toRealPath(), content(file));
      }
    }
  }

  /** Describes the content of a file, which may be a large one that is not of a run. */
  private static String content(Path file) throws IOException {
    CRC32 crc = new CRC32();
    try (InputStream in = Files.newInputStream(file)) {
      long length = in.transferTo(new CheckedOutputStream(OutputStream.nullOutputStream(), crc));
      return length + " bytes, CRC-32 " + crc.getValue();
    }
  }
}
