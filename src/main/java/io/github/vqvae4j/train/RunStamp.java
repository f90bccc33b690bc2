package io.github.vqvae4j.train;

import java.io.IOException;
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

/**
 * The files of a run when a trainer read its checkpoint, by which it is found out whether another
 * run has continued it since: every run that completes a step changes some of them. Other files,
 * and files that were deleted or written again with the same content, do not count.
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
      Path checkpoints = folderOrCheckpoint.toAbsolutePath().resolveSibling("").normalize();
      addCheckpoints(stamp.files, checkpoints);
      // Either may be a link, so that either may be in the run folder.
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
        Files.newDirectoryStream(checkpoints.toRealPath(), CheckpointFolder.FILES)) {
      for (Path file : found) {
        try {
          BasicFileAttributes read = Files.readAttributes(file, BasicFileAttributes.class);
          files.put(file, read.size() + " bytes of " + read.lastModifiedTime());
        } catch (NoSuchFileException e) {
          continue; // deleted by a run that is writing the folder, or a link without a target
        }
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static void addOthers(Map<Path, String> files, Path folder) throws IOException {
    for (String name : List.of(RunWriter.CONFIG, RunCurves.TABLE)) {
      Path file = folder.resolve(name);
      if (Files.isRegularFile(file)) {
        byte[] content = Files.readAllBytes(file);
        CRC32 crc = new CRC32();
        crc.update(content);
        files.put(file.toRealPath(), content.length + " bytes, CRC-32 " + crc.getValue());
      }
    }
  }
}
