package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
    CHECKPOINT_AND_FILES
  }

  /** How the other run continues the folder. */
  private enum Other {
    FURTHER,
    WITHOUT_CHECKPOINTS,
    AGAIN
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

  private static Trainer<ImageBatch> late(Late late, Path folder, VqVae model) throws IOException {
    Path source =
        late == Late.CHECKPOINT_AND_FILES
            ? folder.resolve("checkpoints/step-5.safetensors")
            : folder;
    return Trainer.resume(source, model).quiet();
  }

  private static void runOther(Other other, Path folder) throws IOException {
    try (VqVae model = Shapes.model(1, 4)) {
      Trainer<ImageBatch> trainer = Trainer.resume(folder, model).quiet();
      if (other == Other.WITHOUT_CHECKPOINTS) {
        trainer.listener(RunFolder.resume(folder).keep(0));
      }
      trainer.fit(TRAIN);
    }
  }

  private void assertRefused(Late late, Other other, Path folder) throws IOException {
    try (VqVae model = Shapes.model(1, 5)) {
      Trainer<ImageBatch> trainer = late(late, folder, model);
      runOther(other, folder);
      Map<Path, byte[]> before = contents(folder);
      if (late != Late.FOLDER) {
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

  /** The late run has skipped the damaged checkpoint, which the other one wrote again. */
  @ParameterizedTest
  @EnumSource(Late.class)
  void aRepairedCheckpointIsKept(Late late) throws IOException {
    Path folder = stoppedAt(5);
    Files.write(folder.resolve("checkpoints/step-20.safetensors"), new byte[10]);
    assertRefused(late, Other.AGAIN, folder);
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
