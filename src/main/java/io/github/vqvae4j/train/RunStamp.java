package io.github.vqvae4j.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The state of a run folder when a trainer read its checkpoint, by which it is found out whether
 * another run has continued it since: every run that completes a step writes some of these files.
 *
 * @param files sizes and times of modification by file
 */
record RunStamp(Path folder, Map<Path, String> files) {
  /** Returns the stamp of a run folder, or of the folder of a checkpoint. */
  static RunStamp of(Path folderOrCheckpoint) throws IOException {
    Path folder =
        Files.isDirectory(folderOrCheckpoint)
            ? folderOrCheckpoint
            : folderOrCheckpoint.toAbsolutePath().resolveSibling("..").normalize();
    Map<Path, String> files = new TreeMap<>();
    for (String name : List.of(RunWriter.CONFIG, RunCurves.TABLE)) {
      add(files, folder.resolve(name));
    }
    Path checkpoints = folder.resolve(CheckpointFolder.NAME);
    if (Files.isDirectory(checkpoints)) {
      try (Stream<Path> found = Files.list(checkpoints)) {
        for (Path file : (Iterable<Path>) found::iterator) {
          add(files, file);
        }
      }
    }
    return new RunStamp(folder, files);
  }

  private static void add(Map<Path, String> files, Path file) throws IOException {
    if (Files.isRegularFile(file)) {
      BasicFileAttributes read = Files.readAttributes(file, BasicFileAttributes.class);
      files.put(file, read.size() + " " + read.lastModifiedTime());
    }
  }

  /** Returns whether the folder has changed since. */
  boolean isOutdated() throws IOException {
    return !equals(of(folder));
  }
}
