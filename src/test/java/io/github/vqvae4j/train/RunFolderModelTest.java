package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of a run folder after different ends of a run. */
class RunFolderModelTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  @TempDir Path runs;

  private static Trainer<ImageBatch> trainer(VqVae model) {
    return Trainer.of(model).batch(16).steps(40).evaluate(TEST, 10);
  }

  /** Records the state after each step and runs an action after one of them. */
  private static final class StateRecorder implements TrainingListener {
    final Map<Long, Map<String, float[]>> states = new LinkedHashMap<>();
    private final VqVae model;
    private final long step;
    private final Runnable what;

    StateRecorder(VqVae model, long step, Runnable what) {
      this.model = model;
      this.step = step;
      this.what = what;
    }

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      states.put(report.step(), States.of(model));
      if (report.step() == step) {
        what.run();
      }
    }
  }

  private static Map<String, float[]> savedState(RunFolder folder) throws IOException {
    try (VqVae stored = VqVae.load(file(folder))) {
      return States.of(stored);
    }
  }

  private static Path file(RunFolder folder) {
    return folder.path().resolve("model.safetensors");
  }

  private static Map<String, float[]> savedStateUnchecked(RunFolder folder) {
    try {
      return savedState(folder);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static void damage(VqVae model) {
    Variable weight = model.variables().get("encoder.mix.weight");
    float[] values = weight.toFloats();
    values[values.length - 1] = Float.NaN;
    weight.set(values);
  }

  @Test
  void modelIsSavedAtEachEvaluationAndAtTheEnd() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      StateRecorder[] recorder = new StateRecorder[1];
      recorder[0] =
          new StateRecorder(
              model,
              27,
              () -> States.assertSame(recorder[0].states.get(20L), savedStateUnchecked(folder)));
      trainer(model).listener(folder).listener(recorder[0]).fit(TRAIN);
      assertEquals(40, recorder[0].states.size());
      States.assertSame(States.of(model), savedState(folder));
    }
  }

  /** Evaluations use averaged weights; the checkpoint has the model's own weights. */
  @Test
  void ownWeightsAreSavedIfAveragesAreEvaluated() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      StateRecorder[] recorder = new StateRecorder[1];
      recorder[0] =
          new StateRecorder(
              model,
              27,
              () -> States.assertSame(recorder[0].states.get(20L), savedStateUnchecked(folder)));
      trainer(model).averageWeights(0.9).listener(folder).listener(recorder[0]).fit(TRAIN);
      States.assertSame(recorder[0].states.get(40L), savedState(folder));
    }
  }

  /** A dataset whose pixels overflow when squared, from the third epoch on. */
  private static Dataset exploding() {
    return new ForwardingDataset(TRAIN) {
      @Override
      public void image(int index, long epoch, float[] target, int offset) {
        super.image(index, epoch, target, offset);
        if (epoch >= 3) {
          Arrays.fill(target, offset, offset + imageLength(), 1e30f);
        }
      }
    };
  }

  @Test
  void divergenceSavesModelToSeparateFileAndNamesIt() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      StateRecorder recorder = new StateRecorder(model, 0, () -> {});
      DivergenceException failure =
          assertThrows(
              DivergenceException.class,
              () -> trainer(model).listener(folder).listener(recorder).fit(exploding()));
      assertEquals(13, failure.step());
      assertMessageContains(
          failure,
          "Step 13: ",
          "smaller learning rate",
          "after step 10 is saved in " + file(folder),
          "step 12, the last step before the divergence, in before-divergence.safetensors");
      // The steps before a divergence may have ruined the weights: the earlier checkpoint remains.
      States.assertSame(recorder.states.get(10L), savedState(folder));
      try (VqVae last = VqVae.load(folder.path().resolve("before-divergence.safetensors"))) {
        States.assertSame(recorder.states.get(12L), States.of(last));
      }
    }
  }

  @Test
  void divergenceBeforeFirstCheckpointSavesModel() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      StateRecorder recorder = new StateRecorder(model, 0, () -> {});
      Trainer<ImageBatch> trainer =
          Trainer.of(model).batch(5).steps(40).listener(folder).listener(recorder);
      DivergenceException failure =
          assertThrows(DivergenceException.class, () -> trainer.fit(exploding()));
      long step = failure.step() - 1;
      assertMessageContains(failure, "after step " + step + " is saved in " + file(folder));
      States.assertSame(recorder.states.get(step), savedState(folder));
    }
  }

  /** Another listener throws in onStart before the folder is notified. */
  @Test
  void secondRunThatFailsToStartLeavesFirstUnchanged() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      boolean[] reject = {false};
      Trainer<ImageBatch> trainer =
          trainer(model)
              .listener(
                  new TrainingListener() {
                    @Override
                    public void onStart(TrainingRun run) {
                      if (reject[0]) {
                        throw new IllegalStateException("not again");
                      }
                    }
                  })
              .listener(folder);
      trainer.fit(TRAIN);
      List<Path> before = files(folder.path());
      reject[0] = true;
      assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN));
      assertEquals(before, files(folder.path()));
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void deletedMetricsTableIsAFailure() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a").metricsEvery(1);
      StateRecorder recorder =
          new StateRecorder(model, 17, () -> delete(folder.path().resolve("metrics.csv")));
      trainer(model).listener(folder).listener(recorder).fit(TRAIN);
      assertMessageContains(
          folder.failure().orElseThrow(), "metrics.csv", "deleted during the run");
      States.assertSame(States.of(model), savedState(folder));
    }
  }

  @Test
  void eachRunSavesItsOwnModel() throws IOException {
    try (VqVae model = Shapes.model(1, 3);
        VqVae other = Shapes.model(1, 4)) {
      RunFolder folder = RunFolder.create(runs, "a");
      trainer(other).listener(folder).fit(TRAIN);
      States.assertSame(States.of(other), savedState(folder));
      Path first = file(folder);
      trainer(model).listener(folder).fit(TRAIN);
      States.assertSame(States.of(model), savedState(folder));
      assertNotEquals(first, file(folder));
      try (VqVae stored = VqVae.load(first)) {
        States.assertSame(States.of(other), States.of(stored));
      }
    }
  }

  @Test
  void lastRowIsWrittenAfterFailure() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      assertThrows(
          DivergenceException.class, () -> trainer(model).listener(folder).fit(exploding()));
      List<String> rows = Files.readAllLines(folder.path().resolve("metrics.csv"));
      assertTrue(rows.get(rows.size() - 1).startsWith("12,"), rows.toString());
    }
  }

  @Test
  void listenerExceptionSavesModelAndNamesTheFile() throws IOException {
    for (boolean before : new boolean[] {true, false}) {
      try (VqVae model = Shapes.model(1, 3)) {
        RunFolder folder = RunFolder.create(runs, "a");
        IllegalStateException thrown = new IllegalStateException("listener failure");
        StateRecorder recorder =
            new StateRecorder(
                model,
                17,
                () -> {
                  throw thrown;
                });
        Trainer<ImageBatch> trainer = trainer(model);
        (before
                ? trainer.listener(recorder).listener(folder)
                : trainer.listener(folder).listener(recorder))
            .listener(new ProgressLog());
        assertSame(thrown, assertThrows(IllegalStateException.class, () -> trainer.fit(TRAIN)));
        States.assertSame(recorder.states.get(17L), savedState(folder));
        assertEquals(1, thrown.getSuppressed().length);
        assertMessageContains(thrown.getSuppressed()[0], "after step 17", file(folder).toString());
      }
    }
  }

  @Test
  void nonFiniteWeightsDoNotReplaceCheckpoint() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      StateRecorder recorder = new StateRecorder(model, 17, () -> damage(model));
      DivergenceException failure =
          assertThrows(
              DivergenceException.class,
              () -> trainer(model).listener(folder).listener(recorder).fit(TRAIN));
      assertMessageContains(
          failure, "Step 18: ", "no longer finite", "after step 10", file(folder).toString());
      States.assertSame(recorder.states.get(10L), savedState(folder));
    }
  }

  /** The weights are finite, but the evaluation is not. */
  @Test
  void divergingEvaluationDoesNotReplaceCheckpoint() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      Variable bias = model.variables().get("decoder.up.0.bias");
      StateRecorder recorder =
          new StateRecorder(
              model,
              20,
              () -> {
                float[] large = new float[bias.size()];
                Arrays.fill(large, 1e30f);
                bias.set(large);
              });
      DivergenceException failure =
          assertThrows(
              DivergenceException.class,
              () -> trainer(model).listener(folder).listener(recorder).fit(TRAIN));
      assertMessageContains(failure, "After step 20: ", "after step 10", file(folder).toString());
      States.assertSame(recorder.states.get(10L), savedState(folder));
    }
  }

  @Test
  void modelIsSavedAtTimeIntervals() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a").modelEvery(Duration.ZERO);
      StateRecorder[] recorder = new StateRecorder[1];
      recorder[0] =
          new StateRecorder(
              model,
              7,
              () -> States.assertSame(recorder[0].states.get(6L), savedStateUnchecked(folder)));
      Trainer.of(model).batch(16).steps(8).listener(folder).listener(recorder[0]).fit(TRAIN);
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> folder.modelEvery(Duration.ofSeconds(-1))),
          "at least 0",
          "PT-1S");
      RunFolder rarely = RunFolder.create(runs, "a");
      StateRecorder none =
          new StateRecorder(model, 7, () -> assertFalse(Files.exists(file(rarely))));
      Trainer.of(model).batch(16).steps(8).listener(rarely).listener(none).fit(TRAIN);
      assertTrue(Files.exists(file(rarely)), "at the end, if not before");
    }
  }

  /** A file system of 300 kB that fills up in step 15. */
  @Test
  @EnabledOnOs(value = OS.LINUX, disabledReason = "a small file system is mounted")
  void fullDiskKeepsPreviousCheckpoint() throws Exception {
    Path disk = Files.createDirectory(runs.resolve("disk"));
    String[] mount = {"mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", disk.toString()};
    assumeTrue(new ProcessBuilder(mount).start().waitFor() == 0, "mounting is for root only");
    try (VqVae model = Shapes.model(1, 3);
        CapturedLog log = new CapturedLog(RunFolder.class)) {
      RunFolder folder = RunFolder.in(disk.resolve("run")).metricsEvery(1);
      Path filler = disk.resolve("filler");
      StateRecorder recorder = new StateRecorder(model, 15, () -> fill(filler));
      TrainingReport report = trainer(model).listener(recorder).listener(folder).fit(TRAIN);
      assertEquals(40, report.last().step());
      States.assertSame(recorder.states.get(10L), savedState(folder));
      List<String> lines = log.all();
      assertEquals(2, lines.size(), lines.toString());
      for (String line : lines) {
        assertMessageContains(
            new Exception(line),
            "model.safetensors: No space left",
            "after step 10 is saved in",
            file(folder).toString());
      }
      for (String row : Files.readAllLines(folder.path().resolve("metrics.csv"))) {
        assertEquals(17, row.split(",", -1).length, row);
      }
      Files.delete(filler);
      RunFolder again = RunFolder.in(disk.resolve("again"));
      StateRecorder full = new StateRecorder(model, 15, () -> fill(filler));
      StateRecorder free = new StateRecorder(model, 25, () -> delete(filler));
      trainer(model).listener(full).listener(free).listener(again).fit(TRAIN);
      States.assertSame(States.of(model), savedState(again));
    } finally {
      assertEquals(0, new ProcessBuilder("umount", disk.toString()).start().waitFor());
    }
  }

  private static void fill(Path file) {
    try (OutputStream out = Files.newOutputStream(file)) {
      for (; ; ) {
        out.write(0);
      }
    } catch (IOException e) {
      assertMessageContains(e, "No space left");
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void failureInFirstStepLeavesNoFiles() throws IOException {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      damage(model);
      assertThrows(RuntimeException.class, () -> trainer(model).listener(folder).fit(TRAIN));
      assertFalse(Files.exists(folder.path()));
      Path mine = Files.createDirectory(runs.resolve("mine"));
      RunFolder inMine = RunFolder.in(mine);
      assertThrows(RuntimeException.class, () -> trainer(model).listener(inMine).fit(TRAIN));
      try (var files = Files.list(mine)) {
        assertEquals(0, files.count(), "an existing folder is not deleted");
      }
    }
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a");
      Trainer<ImageBatch> trainer = trainer(model).batch(TRAIN.size() + 1).listener(folder);
      assertThrows(IllegalArgumentException.class, () -> trainer.fit(TRAIN));
      trainer.batch(5).fit(TRAIN);
      States.assertSame(States.of(model), savedState(folder));
    }
  }

  @Test
  void interruptEndsTheRunAfterCurrentStep() throws Exception {
    try (VqVae model = Shapes.model(1, 3)) {
      RunFolder folder = RunFolder.create(runs, "a").metricsEvery(1);
      StateRecorder recorder =
          new StateRecorder(model, 17, () -> Thread.currentThread().interrupt());
      TrainingReport report = trainer(model).listener(recorder).listener(folder).fit(TRAIN);
      assertTrue(Thread.interrupted(), "the thread stays interrupted");
      assertEquals(17, report.last().step());
      assertMessageContains(new Exception(report.toString()), "interrupted at step 17 of 40");
      States.assertSame(recorder.states.get(17L), States.of(model));
      States.assertSame(recorder.states.get(17L), savedState(folder));
      assertTrue(folder.failure().isEmpty(), () -> folder.failure().get().toString());
      assertEquals(1 + 17 + 1, Files.readAllLines(folder.path().resolve("metrics.csv")).size());
      assertTrue(Files.exists(folder.path().resolve("summary.txt")));
    } finally {
      assertFalse(Thread.interrupted());
    }
  }
}
