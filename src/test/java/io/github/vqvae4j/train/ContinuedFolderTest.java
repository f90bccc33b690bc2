package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A run folder is continued only by its own run, and nothing good in it is lost. */
class ContinuedFolderTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final int STEPS = 40;

  /** The interval of checkpoints that are written only at the end of a run. */
  private static final Duration NEVER = Duration.ofDays(1);

  @TempDir private Path runs;

  /** Listens to the end of each step. */
  private interface AtStep extends TrainingListener {
    void after(TrainingRun run, long step) throws IOException;

    @Override
    default void onStepEnd(TrainingRun run, long step) {
      try {
        after(run, step);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Returns the folder of a run of which only a part was done. */
  private Path part(String name, long last) throws IOException {
    RunFolder files = RunFolder.create(runs, name).modelEvery(NEVER).metricsEvery(1);
    AtStep stop =
        (run, step) -> {
          if (step == last) {
            run.stop();
          }
        };
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.of(model)
          .batch(8)
          .workers(1)
          .steps(STEPS)
          .quiet()
          .listener(files)
          .listener(stop)
          .fit(TRAIN);
    }
    return files.path();
  }

  /** Returns the bytes of each file as text. */
  private static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(
            folder.relativize(file).toString(), HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }

  @Test
  void theFolderOfAnotherRunIsRefused() throws IOException {
    Path own = part("own", 5);
    Path other = part("other", 9);
    Map<String, String> before = contents(other);
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer =
          Trainer.resume(own, model).quiet().listener(RunFolder.resume(other));
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN)),
          "expected a run that is resumed from a checkpoint in " + other,
          "got one from " + own.resolve("checkpoints"));
    }
    assertEquals(before, contents(other));
  }

  /** Checkpoints of a folder that was moved, or is named by another path, are its own. */
  @Test
  void aFolderIsItsOwnByAnotherPath() throws IOException {
    Path folder = part("own", 5);
    Path link = Files.createSymbolicLink(runs.resolve("link"), folder);
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.resume(link, model).quiet().listener(RunFolder.resume(folder)).fit(TRAIN);
    }
    assertTrue(Files.exists(folder.resolve("checkpoints/step-40.safetensors")));
  }

  @Test
  void aStartThatFailsLeavesTheFolderUnchangedAndCanBeRepeated() throws IOException {
    Path folder = part("own", 9);
    Path older = part("older", 5).resolve("checkpoints/step-5.safetensors");
    Path checkpoint = Files.copy(older, folder.resolve("checkpoints/step-5.safetensors"));
    Map<String, String> before = contents(folder);
    boolean[] fails = {true};
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void onStart(TrainingRun run) {
            if (fails[0]) {
              throw new IllegalStateException("start");
            }
          }
        };
    try (VqVae model = Shapes.model(1, 3);
        VqVae whole = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer =
          Trainer.resume(checkpoint, model)
              .quiet()
              .listener(RunFolder.resume(folder))
              .listener(failing);
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN)), "start");
      assertEquals(before, contents(folder));
      fails[0] = false;
      assertEquals(STEPS, trainer.fit(TRAIN).last().step());
      Trainer.of(whole).batch(8).workers(1).steps(STEPS).quiet().fit(TRAIN);
      States.assertSame(States.of(whole), States.of(model));
    }
    assertFalse(Files.exists(folder.resolve("checkpoints/step-9.safetensors")));
    assertEquals(STEPS + 1, Files.readAllLines(folder.resolve("metrics.csv")).size());
  }

  @Test
  void aRunThatIsInterruptedBeforeItsFirstStepCanBeRepeated() throws IOException {
    Path folder = part("own", 9);
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.resume(folder, model).quiet();
      Thread.currentThread().interrupt();
      assertEquals(StopReason.INTERRUPTED, trainer.fit(TRAIN).stopReason());
      assertTrue(Thread.interrupted());
      assertEquals(STEPS, trainer.fit(TRAIN).last().step());
    }
    assertEquals(STEPS + 1, Files.readAllLines(folder.resolve("metrics.csv")).size());
  }

  /** Another process has started a run in the old place of the folder. */
  @Test
  void theFolderOfAnotherRunIsLeftUnchanged() throws IOException {
    RunFolder files = RunFolder.create(runs, "moved").modelEvery(Duration.ZERO).metricsEvery(1);
    Path folder = files.path();
    Path moved = runs.resolve("elsewhere");
    Path checkpoint = Path.of("checkpoints", "step-4.safetensors");
    AtStep move =
        (run, step) -> {
          if (step == 5) {
            awaitFile(folder.resolve(checkpoint));
            Files.move(folder, moved);
            Files.createDirectory(folder);
            Files.createFile(folder.resolve(".lock"));
          }
        };
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.of(model).batch(8).steps(8).quiet().listener(move).listener(files).fit(TRAIN);
    }
    assertEquals(List.of(".lock"), List.copyOf(contents(folder).keySet()));
    assertMessageContains(files.failure().orElseThrow(), folder.toRealPath() + " was moved");
    assertTrue(Files.exists(moved.resolve(checkpoint)));
  }

  /** Waits for a file that may be written in the background. */
  private static void awaitFile(Path file) {
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          while (!Files.exists(file)) {
            Thread.sleep(1);
          }
        });
  }

  /** As in a run that was never interrupted, a divergence does not replace the saved model. */
  @Test
  void aDivergenceKeepsTheSavedModel() throws IOException {
    Path folder = part("own", 27);
    byte[] model = Files.readAllBytes(folder.resolve("model.safetensors"));
    Dataset exploding =
        new ForwardingDataset(TRAIN) {
          @Override
          public void image(int index, long epoch, float[] target, int offset) {
            super.image(index, epoch, target, offset);
            if (epoch >= 4) {
              Arrays.fill(target, offset, offset + imageLength(), 1e30f);
            }
          }
        };
    Trainer<ImageBatch> trainer = Trainer.resume(folder).quiet();
    DivergenceException failure =
        assertThrows(DivergenceException.class, () -> trainer.fit(exploding));
    assertTrue(failure.step() > 28, failure::getMessage);
    assertArrayEquals(model, Files.readAllBytes(folder.resolve("model.safetensors")));
    assertTrue(Files.exists(folder.resolve("before-divergence.safetensors")));
    ((VqVae) trainer.model()).close();
  }

  @Test
  void checkpointsOfLaterStepsAreDeletedNotNewerOnes() throws IOException {
    Path folder = part("own", 5);
    Path checkpoints = folder.resolve("checkpoints");
    AtStep stale =
        (run, step) ->
            Files.write(checkpoints.resolve("step-99.safetensors"), new byte[] {1, 2, 3});
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.resume(folder, model).quiet().listener(stale).fit(TRAIN);
    }
    try (Stream<Path> files = Files.list(checkpoints)) {
      assertEquals(
          List.of("step-40.safetensors", "step-5.safetensors"),
          files.map(file -> file.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aDamagedTableIsMovedAway() throws IOException {
    Path folder = part("own", 5);
    Path table = folder.resolve("metrics.csv");
    Files.writeString(table, "damaged");
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.resume(folder, model).quiet().fit(TRAIN);
    }
    assertEquals("damaged", Files.readString(folder.resolve("metrics.csv.damaged")));
    assertEquals(1 + STEPS - 5, Files.readAllLines(table).size());
    assertTrue(Files.exists(folder.resolve("metrics.json")));
  }

  @Test
  void temporaryFilesOfKilledProcessesAreDeleted() throws IOException {
    Path folder = part("own", 5);
    List<Path> killed =
        List.of(folder.resolve(".vqvae4j-1.tmp"), folder.resolve("checkpoints/.vqvae4j-2.tmp"));
    for (Path file : killed) {
      Files.write(file, new byte[10]);
    }
    Path own = Files.write(folder.resolve("notes.tmp"), new byte[1]);
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.resume(folder, model).quiet().fit(TRAIN);
    }
    killed.forEach(file -> assertFalse(Files.exists(file), file::toString));
    assertTrue(Files.exists(own));
  }
}
