package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The newest unfinished run of a name, and what is deleted when it is continued. */
class RunPathsTest {
  private static final String DAY = "20260102-";

  @TempDir private Path runs;

  private Path unfinished(String folder) throws IOException {
    Path path = runs.resolve(folder);
    RunPaths.claim(path);
    Files.createDirectory(path.resolve("checkpoints"));
    Files.createFile(path.resolve("checkpoints").resolve("step-1.safetensors"));
    return path;
  }

  @Test
  void aRunWithoutCheckpointsCannotBeResumed() throws IOException {
    Path run = unfinished(DAY + "000000-digits");
    assertNewest(DAY + "000000-digits", "digits");
    Files.delete(run.resolve("checkpoints").resolve("step-1.safetensors"));
    assertNewest(null, "digits");
  }

  private Path finished(String folder) throws IOException {
    Path path = unfinished(folder);
    Files.writeString(path.resolve("metrics.json"), "{}");
    return path;
  }

  private void assertNewest(String expected, String name) throws IOException {
    assertEquals(
        Optional.ofNullable(expected).map(runs::resolve), RunPaths.newestUnfinished(runs, name));
  }

  @Test
  void thereIsNone() throws IOException {
    assertNewest(null, "digits");
    finished(DAY + "000000-digits");
    Files.createDirectories(runs.resolve(DAY + "000001-digits")); // claimed by no run
    Files.writeString(runs.resolve(DAY + "000002-digits"), "a file");
    assertNewest(null, "digits");
    assertEquals(Optional.empty(), RunPaths.newestUnfinished(runs.resolve("missing"), "digits"));
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> RunPaths.newestUnfinished(runs, "../digits")),
        "\"../digits\"",
        "letters, digits");
  }

  @Test
  void theNewestOfSeveralIsFound() throws IOException {
    unfinished("20260102-235959-digits");
    unfinished("20260103-000000-digits");
    unfinished("20251231-235959-digits");
    assertNewest("20260103-000000-digits", "digits");
  }

  @Test
  void finishedRunsAreSkipped() throws IOException {
    unfinished(DAY + "000000-digits");
    unfinished(DAY + "000001-digits");
    finished(DAY + "000002-digits");
    finished(DAY + "000003-digits");
    assertNewest(DAY + "000001-digits", "digits");
  }

  @Test
  void runsOfTheSameSecondAreOrderedByTheirNumbers() throws IOException {
    unfinished(DAY + "000000-digits");
    for (int i = 2; i <= 11; i++) {
      unfinished(DAY + "000000-digits-" + i);
      assertNewest(DAY + "000000-digits-" + i, "digits");
    }
    unfinished(DAY + "000001-digits");
    assertNewest(DAY + "000001-digits", "digits");
  }

  @Test
  void createdRunsAreFoundInTheOrderOfTheirCreation() throws IOException {
    for (int i = 0; i < 12; i++) {
      Path created = RunPaths.create(runs, "digits");
      RunPaths.claim(created);
      Files.createDirectory(created.resolve("checkpoints"));
      Files.createFile(created.resolve("checkpoints").resolve("step-1.safetensors"));
      assertEquals(Optional.of(created), RunPaths.newestUnfinished(runs, "digits"));
    }
  }

  @Test
  void foldersOfOtherNamesAreSkipped() throws IOException {
    for (String other :
        List.of(
            "digits",
            "digits-2",
            DAY + "000000-digits2",
            DAY + "000000-my-digits",
            DAY + "000000-Digits",
            DAY + "000000-digits-large",
            DAY + "000000-digits-1",
            DAY + "000000-digits-02",
            "2026-000000-digits",
            "x" + DAY + "000000-digits")) {
      unfinished(other);
    }
    assertNewest(null, "digits");
    unfinished("20250101-000000-dig.ts");
    assertNewest("20250101-000000-dig.ts", "dig.ts");
    assertNewest(null, "d.gits");
  }

  /** The folder {@code <time>-digits-2} can be of the name digits or digits-2. */
  @Test
  void namesThatEndWithANumber() throws IOException {
    unfinished(DAY + "000000-digits-2");
    assertNewest(null, "digits");
    assertNewest(DAY + "000000-digits-2", "digits-2");
    unfinished(DAY + "000000-digits-2-2");
    assertNewest(DAY + "000000-digits-2-2", "digits-2");
    assertNewest(null, "digits-2-2");
    finished(DAY + "000000-digits");
    assertNewest(DAY + "000000-digits-2-2", "digits");
    assertNewest(null, "digits-2");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "links need a permission")
  void unreadableFoldersAreSkippedWithAWarning() throws IOException {
    unfinished(DAY + "000000-digits");
    Path loop = Files.createSymbolicLink(runs.resolve(DAY + "000001-digits"), Path.of("loop"));
    Files.createSymbolicLink(runs.resolve("loop"), Path.of("loop"));
    try (CapturedLog log = new CapturedLog(RunFolder.class)) {
      assertNewest(DAY + "000000-digits", "digits");
      assertEquals(1, log.warnings().size(), log.warnings().toString());
      assertMessageContains(
          new Exception(log.warnings().get(0)), loop.toString(), "cannot be read and is skipped");
    }
    Files.createSymbolicLink(
        runs.resolve(DAY + "000002-digits"), Path.of(DAY + "000000-digits")); // a usable link
    assertNewest(DAY + "000002-digits", "digits");
  }

  @Test
  void laterImagesAndTheFilesOfTheEndAreDeleted() throws IOException {
    Path run = finished(DAY + "000000-digits");
    Path images = Files.createDirectories(run.resolve("images"));
    for (String name :
        List.of(
            "step-000001.png",
            "step-000099.png",
            "step-000100.png",
            "step-1000000.png",
            "step-99999999999999999999.png",
            "step-000100.png.txt",
            "step-last.png",
            "mine.png")) {
      Files.writeString(images.resolve(name), "image");
    }
    for (String name : List.of("metrics.csv", "model.safetensors", "summary.txt")) {
      Files.writeString(run.resolve(name), "kept or written again");
    }
    RunPaths.reopen(run, 99);
    assertEquals(
        List.of(
            "mine.png",
            "step-000001.png",
            "step-000099.png",
            "step-000100.png.txt",
            "step-99999999999999999999.png",
            "step-last.png"),
        names(images));
    assertEquals(
        List.of("checkpoints", "config.json", "images", "metrics.csv", "model.safetensors"),
        names(run));
    assertNewest(DAY + "000000-digits", "digits");
  }

  @Test
  void aRunWithoutImagesIsReopened() throws IOException {
    Path run = finished(DAY + "000000-digits");
    RunPaths.reopen(run, 5);
    RunPaths.reopen(run, 5);
    assertTrue(Files.exists(run.resolve("config.json")));
    assertFalse(Files.exists(run.resolve("metrics.json")));
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }
}
