package io.github.vqvae4j.examples;

import io.github.vqvae4j.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the training runs of a command that trains several models, each in its own subfolder. */
final class BegunRun {
  private BegunRun() {}

  /** Finds the last run of a name that has checkpoints. It may have ended, with fewer steps. */
  static Optional<Path> of(OutputFolder folder, String name) throws IOException {
    try (Stream<Path> folders = Files.list(folder.path())) {
      String names = "\\d{8}-\\d{6}-" + Pattern.quote(name) + "(-\\d+)?";
      return folders
          .filter(run -> FileNames.name(run).matches(names))
          .filter(BegunRun::hasCheckpoints)
          .max(Comparator.comparing(FileNames::name));
    }
  }

  /** Returns false if the process was killed before its first checkpoint. */
  private static boolean hasCheckpoints(Path run) {
    String[] names = run.resolve("checkpoints").toFile().list();
    return names != null && Stream.of(names).anyMatch(name -> name.endsWith(".safetensors"));
  }
}
