package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A trainer refuses a folder that another run has continued after it read its checkpoint. */
class ContinuedRunTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);

  @TempDir private Path runs;

  /** How the late run is resumed. */
  private enum Late {
    FOLDER,
    FOLDER_AND_FILES,
    CHECKPOINT_AND_FILES,
    LINKED_CHECKPOINT_AND_FILES,
    PARENT_OF_LINK_AND_FILES,
    LINKED_FOLDER
  }

  /** How the other run continues the folder. */
  private enum Other {
    FURTHER,
    WITHOUT_CHECKPOINTS,
    AGAIN,
    INTERRUPTED,
    FAILED
  }

  private Path stoppedAt(long step) throws IOException {
    RunFolder files = RunFolder.create(runs, "digits").modelEvery(Duration.ofDays(1));
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.of(model).batch(8).steps(20).quiet();
      trainer.listener(files).listener(Runs.atStepEnd(step, TrainingRun::stop)).fit(TRAIN);
    }
    return files.path();
  }

  private static Map<Path, byte[]> contents(Path folder) throws IOException {
    Map<Path, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        contents.put(file, Files.readAllBytes(file));
      }
    }
    return contents;
  }

  private Trainer<ImageBatch> late(Late late, Path folder, VqVae model) throws IOException {
    Path link = runs.resolve("link");
    Path source =
        switch (late) {
          case FOLDER, FOLDER_AND_FILES -> folder;
          case CHECKPOINT_AND_FILES -> folder.resolve("checkpoints/step-5.safetensors");
          case LINKED_CHECKPOINT_AND_FILES ->
              Files.createSymbolicLink(link, folder.resolve("checkpoints"))
                  .resolve("step-5.safetensors");
          case PARENT_OF_LINK_AND_FILES ->
              Files.createSymbolicLink(link, folder.resolve("checkpoints"))
                  .resolve("../checkpoints/step-5.safetensors");
          case LINKED_FOLDER -> Files.createSymbolicLink(link, folder);
        };
    return Trainer.resume(source, model).quiet();
  }

  private static void runOther(Other other, Path folder) throws IOException {
    try (VqVae model = Shapes.model(1, 4)) {
      Trainer<ImageBatch> trainer = Trainer.resume(folder, model).quiet();
      if (other == Other.WITHOUT_CHECKPOINTS) {
        trainer.listener(RunFolder.resume(folder).keep(0));
      }
      if (other == Other.INTERRUPTED) {
        interrupt(trainer, 9);
      } else if (other == Other.FAILED) {
        trainer.listener(
            Runs.atStepEnd(
                9,
                run -> {
                  throw new IllegalStateException("listener");
                }));
        assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN), "listener");
      } else {
        trainer.fit(TRAIN);
      }
    }
  }

  private static void interrupt(Trainer<ImageBatch> trainer, long step) {
    trainer.listener(Runs.atStepEnd(step, run -> Thread.currentThread().interrupt())).fit(TRAIN);
    assertTrue(Thread.interrupted());
  }

  private void assertRefused(Late late, Other other, Path folder) throws IOException {
    try (VqVae model = Shapes.model(1, 5)) {
      Trainer<ImageBatch> trainer = late(late, folder, model);
      runOther(other, folder);
      Map<Path, byte[]> before = contents(folder);
      if (late.name().endsWith("FILES")) {
        trainer.listener(RunFolder.resume(folder).metricsEvery(1));
      }
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN)),
          "as it was when step 5 was read from it, but another run has continued it since",
          "Call Trainer.resume again");
      Map<Path, byte[]> after = contents(folder);
      assertEquals(List.copyOf(before.keySet()), List.copyOf(after.keySet()));
      before.forEach((file, bytes) -> assertArrayEquals(bytes, after.get(file), file::toString));
    }
  }

  @ParameterizedTest
  @EnumSource(Late.class)
  void aRunThatWentFurtherIsKept(Late late) throws IOException {
    assertRefused(late, Other.FURTHER, stoppedAt(5));
  }

  @ParameterizedTest
  @EnumSource(Late.class)
  void aRunWithoutCheckpointsIsKept(Late late) throws IOException {
    assertRefused(late, Other.WITHOUT_CHECKPOINTS, stoppedAt(5));
  }

  /** The other run has written no checkpoint and no row of metrics, but a model. */
  @ParameterizedTest
  @EnumSource(
      value = Other.class,
      names = {"INTERRUPTED", "FAILED"})
  void aRunThatHasOnlyAModelIsKept(Other other) throws IOException {
    Path folder = stoppedAt(5);
    try (VqVae model = Shapes.model(1, 4)) {
      Trainer<ImageBatch> trainer = Trainer.resume(folder, model).quiet();
      interrupt(trainer.listener(RunFolder.resume(folder).keep(0)), 6);
    }
    assertRefused(Late.FOLDER, other, folder);
  }

  /** The late run has skipped the damaged checkpoint, which the other one wrote again. */
  @ParameterizedTest
  @EnumSource(Late.class)
  void aRepairedCheckpointIsKept(Late late) throws IOException {
    Path folder = stoppedAt(5);
    Files.write(folder.resolve("checkpoints/step-20.safetensors"), new byte[10]);
    assertRefused(late, Other.AGAIN, folder);
  }

  /** The checkpoints of the run are on another disk. */
  @Test
  void aRunWithALinkedFolderOfCheckpointsIsKept() throws IOException {
    Path folder = stoppedAt(5);
    Path disk = runs.resolve("disk");
    Files.move(folder.resolve("checkpoints"), disk);
    Files.createSymbolicLink(folder.resolve("checkpoints"), disk);
    assertRefused(Late.CHECKPOINT_AND_FILES, Other.WITHOUT_CHECKPOINTS, folder);
  }

  /** What file managers, backups, network drives and spreadsheets do is not another run. */
  @Test
  void otherFilesAndOtherTimesDoNotMatter() throws IOException {
    Path folder = stoppedAt(5);
    Path checkpoints = folder.resolve("checkpoints");
    try (VqVae model = Shapes.model(1, 5)) {
      Trainer<ImageBatch> trainer = Trainer.resume(folder, model).quiet();
      for (String name :
          List.of(
              ".DS_Store",
              ".nfs0001",
              "step-9.safetensors.bak",
              "step-5-backup.safetensors",
              "step-.safetensors")) {
        Files.write(checkpoints.resolve(name), new byte[3]);
      }
      for (String name : List.of("step-4.safetensors", "step-9.safetensors")) {
        Files.writeString(
            Files.createDirectory(checkpoints.resolve(name)).resolve("notes.txt"), "mine");
      }
      Path metrics = folder.resolve("metrics.csv");
      Files.write(metrics, Files.readAllBytes(metrics));
      Files.setLastModifiedTime(folder.resolve("config.json"), FileTime.fromMillis(0));
      model.save(folder.resolve("model.safetensors"));
      RunFolder files = RunFolder.resume(folder);
      assertEquals(20, trainer.listener(files).fit(TRAIN).last().step());
      assertEquals(Optional.empty(), files.failure());
    }
  }

  @Test
  void aCopiedCheckpointDoesNotDependOnItsNeighbors() throws IOException {
    Path copy = Files.createDirectories(runs.resolve("mine")).resolve("copied.safetensors");
    Files.copy(stoppedAt(5).resolve("checkpoints/step-5.safetensors"), copy);
    Path broken = Files.createDirectories(runs.resolve("checkpoints"));
    Files.createSymbolicLink(broken.resolve("step-1.safetensors"), runs.resolve("nowhere"));
    Path loop = copy.resolveSibling("step-9.safetensors");
    Files.createSymbolicLink(loop, loop);
    try (VqVae model = Shapes.model(1, 5)) {
      assertEquals(20, Trainer.resume(copy, model).quiet().fit(TRAIN).last().step());
    }
  }

  /** A file of that name is beside the folder, but not of a run. */
  @Test
  void aLargeFileIsNotReadIntoMemory() throws IOException {
    Path checkpoints = Files.createDirectories(runs.resolve("mine/checkpoints"));
    Path copy = checkpoints.resolve("step-5.safetensors");
    Files.copy(stoppedAt(5).resolve("checkpoints/step-5.safetensors"), copy);
    Path large = checkpoints.resolveSibling("metrics.csv");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(1L << 31); // more than an array can hold
    }
    try (VqVae model = Shapes.model(1, 5)) {
      assertEquals(20, Trainer.resume(copy, model).quiet().fit(TRAIN).last().step());
    }
  }

  /** The run was stopped while an evaluation was due, which is the first thing that is repeated. */
  @Test
  void aRunThatFailedAfterARepeatedEvaluationCanBeRepeated() throws IOException {
    Dataset heldOut = Shapes.rectangles(20, 8, 1, 2);
    RunFolder files = RunFolder.create(runs, "evaluated").modelEvery(Duration.ofDays(1));
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.of(model).batch(8).steps(20).evaluate(heldOut, 2);
      trainer
          .quiet()
          .listener(files)
          .listener(Runs.afterStep(2, run -> Thread.currentThread().interrupt()))
          .fit(TRAIN);
      assertTrue(Thread.interrupted());
    }
    AtomicBoolean fails = new AtomicBoolean(true);
    int[] evaluations = {0};
    TrainingListener failing =
        new TrainingListener() {
          @Override
          public void onEvaluation(TrainingRun run, Evaluation evaluation) {
            evaluations[0]++;
            if (fails.getAndSet(false)) {
              throw new IllegalStateException("listener");
            }
          }
        };
    try (VqVae model = Shapes.model(1, 5)) {
      Trainer<ImageBatch> trainer = Trainer.resume(files.path(), model).quiet();
      trainer.evaluate(heldOut, 2).listener(RunFolder.resume(files.path())).listener(failing);
      assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN));
      assertEquals(1, evaluations[0]);
      assertEquals(20, trainer.fit(TRAIN).last().step());
    }
  }

  @Test
  void afterARunThatHasEndedANewOneHasItsOwnFolder() throws IOException {
    Path folder = stoppedAt(20);
    try (VqVae model = Shapes.model(1, 5)) {
      Trainer<ImageBatch> trainer = Trainer.resume(folder, model).quiet();
      RunFolder files = RunFolder.resume(folder);
      trainer.listener(files);
      assertEquals(20, trainer.fit(TRAIN).last().step());
      assertEquals(folder, files.path());
      assertEquals(20, trainer.fit(TRAIN).last().step());
      assertEquals(Path.of(folder + "-2"), files.path());
    }
  }

  @Test
  void anUnchangedFolderIsContinuedAfterAFailedAttempt() throws IOException {
    Path folder = stoppedAt(5);
    try (VqVae model = Shapes.model(1, 5)) {
      Trainer<ImageBatch> trainer = Trainer.resume(folder, model).quiet();
      assertThrows(
          RuntimeException.class, () -> trainer.fit(Shapes.rectangles(63, 8, 1, 1)), "other data");
      assertEquals(20, trainer.fit(TRAIN).last().step());
    }
  }
}
