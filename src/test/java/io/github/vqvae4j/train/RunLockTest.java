package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One run at a time writes a folder. */
@Timeout(120)
class RunLockTest {
  private static final Source<int[]> DATA = Numbers.source(20);

  @TempDir Path runs;

  private static Trainer<int[]> trainer(Numbers model, RunFolder files) {
    return Trainer.of(model)
        .batch(4)
        .workers(1)
        .steps(10)
        .listener(files.modelEvery(Duration.ZERO))
        .quiet();
  }

  /** Trains until it is killed. */
  static final class Program {
    private Program() {}

    public static void main(String[] arguments) throws IOException {
      RunFolder files = RunFolder.create(Path.of(arguments[0]), "live");
      try (Numbers model = new Numbers()) {
        trainer(model, files)
            .listener(
                Runs.atStepEnd(
                    3,
                    run -> {
                      System.out.println("step 3");
                      Numbers.sleep(100_000);
                    }))
            .fit(DATA);
      }
    }
  }

  @Test
  void liveRunOfAnotherProcessIsRefused() throws Exception {
    try (ChildProgram child = new ChildProgram(Program.class, runs.toString());
        Numbers model = new Numbers()) {
      child.await("step 3");
      Path folder;
      try (var folders = Files.list(runs)) {
        folder = folders.findFirst().orElseThrow();
      }
      assertEquals(Optional.empty(), RunFolder.unfinished(runs, "live"));
      assertRefused(folder);
      assertMessageContains(
          assertThrows(IOException.class, () -> Trainer.resume(folder, model)),
          folder.toString(),
          "another process");
      Path file = folder.resolve("checkpoints/step-2.safetensors");
      assertEquals(10, Trainer.resume(file, model).quiet().fit(DATA).last().step());
      child.kill();
      assertEquals(Optional.of(folder), RunFolder.unfinished(runs, "live"));
      assertEquals(10, Trainer.resume(folder, model).quiet().fit(DATA).last().step());
    }
  }

  /** It has no checkpoint yet, but was not killed. */
  @Test
  void liveRunBeforeItsFirstCheckpointIsRefused() throws IOException {
    RunFolder files = RunFolder.create(runs, "a");
    try (Numbers model = new Numbers();
        Numbers other = new Numbers()) {
      trainer(model, files)
          .listener(
              new TrainingListener() {
                @Override
                public void onStart(TrainingRun run) {
                  assertMessageContains(
                      assertThrows(IOException.class, () -> Trainer.resume(files.path(), other)),
                      files.path().toString(),
                      "which another process, or another run of this one, is writing");
                }
              })
          .fit(DATA);
    }
  }

  private static void assertRefused(Path folder) {
    assertMessageContains(
        assertThrows(IOException.class, () -> RunFolder.resume(folder)),
        folder.toString(),
        "another process, or another run of this one",
        "stop it");
  }

  @Test
  void liveRunOfThisProcessIsRefused() throws IOException {
    RunFolder files = RunFolder.create(runs, "a");
    Path folder = files.path();
    RunFolder resumed = resumable(folder);
    try (Numbers model = new Numbers();
        Numbers other = new Numbers();
        CapturedLog log = new CapturedLog(RunFolder.class)) {
      trainer(model, files)
          .listener(
              Runs.atStepEnd(
                  3,
                  run -> {
                    assertRefused(folder);
                    assertEquals(Optional.empty(), unfinished());
                    assertMessageContains(
                        assertThrows(
                            UncheckedIOException.class, () -> trainer(other, resumed).fit(DATA)),
                        folder.toString(),
                        "another run");
                  }))
          .fit(DATA);
      assertEquals(0, other.trained().size());
      assertEquals(List.of(), log.warnings());
      Files.delete(folder.resolve("metrics.json"));
      assertEquals(Optional.of(folder), unfinished());
      assertTrue(Files.exists(folder.resolve("checkpoints/step-10.safetensors")));
    }
  }

  /** Returns a listener that was created for a folder before a run was started there. */
  private static RunFolder resumable(Path folder) throws IOException {
    return RunFolder.in(folder);
  }

  private Optional<Path> unfinished() {
    try {
      return RunFolder.unfinished(runs, "a");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void runThatAnotherHasContinuedIsNotSetBack() throws IOException {
    RunFolder files = RunFolder.create(runs, "a");
    Path folder = files.path();
    try (Numbers model = new Numbers();
        Numbers late = new Numbers()) {
      trainer(model, files).fit(DATA);
      Trainer<int[]> before = Trainer.resume(folder, late).quiet().steps(20);
      Trainer.resume(folder, model).quiet().steps(30).fit(DATA);
      byte[] metrics = Files.readAllBytes(folder.resolve("metrics.csv"));
      for (int attempt = 0; attempt < 2; attempt++) {
        assertMessageContains(
            assertThrows(IllegalStateException.class, () -> before.fit(DATA)),
            folder.toString(),
            "as it was when step 10 was read",
            "Call Trainer.resume again");
      }
      assertEquals(0, late.trained().size());
      assertArrayEquals(metrics, Files.readAllBytes(folder.resolve("metrics.csv")));
      assertFalse(RunLock.isHeld(folder));
      assertEquals(40, Trainer.resume(folder, late).quiet().steps(40).fit(DATA).last().step());
    }
  }

  @Test
  void lockIsReleasedAtEachEnd() throws IOException {
    for (Consumer<TrainingRun> end :
        List.<Consumer<TrainingRun>>of(
            TrainingRun::stop,
            run -> {
              throw new IllegalStateException("listener");
            })) {
      RunFolder files = RunFolder.create(runs, "a");
      try (Numbers model = new Numbers()) {
        trainer(model, files).listener(Runs.atStepEnd(3, end)).fit(DATA);
      } catch (IllegalStateException e) {
        assertEquals("listener", e.getMessage());
      }
      assertFalse(RunLock.isHeld(files.path()));
      assertFalse(Files.exists(files.path().resolve(RunLock.NAME)));
      try (Numbers model = new Numbers()) {
        assertEquals(10, Trainer.resume(files.path(), model).quiet().fit(DATA).last().step());
      }
    }
  }

  @Test
  void folderOfARunWithoutAStepIsDeleted() throws IOException {
    RunFolder files = RunFolder.create(runs, "a");
    try (Numbers model = new Numbers()) {
      Trainer<int[]> trainer =
          trainer(model, files)
              .listener(
                  new TrainingListener() {
                    @Override
                    public void onStart(TrainingRun run) {
                      assertTrue(Files.exists(files.path().resolve(RunLock.NAME)));
                      throw new IllegalStateException("start");
                    }
                  });
      assertThrows(IllegalStateException.class, () -> trainer.fit(DATA));
    }
    assertFalse(Files.exists(files.path()));
  }
}
