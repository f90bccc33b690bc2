package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Early stopping and saving of the best model. */
class EarlyStoppingTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  @TempDir Path folder;

  private static Trainer<ImageBatch> trainer(VqVae model) {
    return Trainer.of(model).optimizer(Adam.rate(2e-3)).batch(16).steps(40).evaluate(TEST, 5);
  }

  /** Records the state of a model after each step. */
  private static final class StateRecorder implements TrainingListener {
    final VqVae model;
    final Map<Long, Map<String, float[]>> states = new LinkedHashMap<>();

    StateRecorder(VqVae model) {
      this.model = model;
    }

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      states.put(report.step(), States.of(model));
    }
  }

  @Test
  void stopsWithoutImprovementAndKeepsBestModel() throws IOException {
    Path file = folder.resolve("made/best.safetensors");
    // The best value is that of step 15; the 0 would come after the run has stopped.
    double[] values = {2, 3, 1, 1, 4, Double.NaN, 0};
    int[] index = new int[1];
    try (VqVae model = Shapes.model(1, 3)) {
      StateRecorder recorder = new StateRecorder(model);
      TrainingReport report =
          trainer(model)
              .monitor(e -> values[index[0]++])
              .stopEarly(3)
              .saveBest(file)
              .listener(recorder)
              .fit(TRAIN);
      assertEquals(StopReason.EARLY_STOPPING, report.stopReason());
      assertEquals(30, report.last().step());
      assertEquals(15, report.best().orElseThrow().step());
      assertMessageContains(
          new Exception(report.toString()),
          "stopped early at step 30 of 40",
          "best:      reconstruction ",
          "(step 15)",
          "model has the weights of step 15");
      try (VqVae saved = VqVae.load(file)) {
        States.assertSame(recorder.states.get(15L), States.of(saved));
      }
      States.assertSame(recorder.states.get(15L), States.of(model));
      try (var files = Files.list(file.getParent())) {
        assertEquals(List.of(file), files.toList());
      }
    }
  }

  @Test
  void anErrorInTheMetricNamesMonitor() {
    try (VqVae model = Shapes.model(1, 3)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> trainer(model).monitor(v -> v.metric("accuracy")).fit(TRAIN));
      assertMessageContains(e, "Trainer.monitor: ", "expected one of the metrics [", "accuracy");
      e =
          assertThrows(
              IllegalArgumentException.class,
              () -> trainer(model).monitor(v -> List.<Double>of().get(2)).fit(TRAIN));
      assertMessageContains(e, "Trainer.monitor: ", "2");
      assertTrue(e.getCause() instanceof IndexOutOfBoundsException);
    }
  }

  @Test
  void improvingRunCompletesAllSteps() {
    try (VqVae model = Shapes.model(1, 3)) {
      TrainingReport report = trainer(model).stopEarly(8).fit(TRAIN);
      assertEquals(StopReason.MAX_STEPS, report.stopReason());
      double min =
          report.evaluations().stream()
              .mapToDouble(e -> e.metric(ImageModel.MSE))
              .min()
              .orElseThrow();
      assertEquals(min, report.best().orElseThrow().metric(ImageModel.MSE));
      assertTrue(min < report.evaluations().get(0).metric(ImageModel.MSE));
    }
  }

  @Test
  void completedRunRestoresBestWeights() {
    double[] values = {2, 1, 3, 4};
    int[] index = new int[1];
    try (VqVae model = Shapes.model(1, 3)) {
      StateRecorder recorder = new StateRecorder(model);
      TrainingReport report =
          trainer(model)
              .steps(20)
              .monitor(e -> values[index[0]++])
              .stopEarly(3)
              .listener(recorder)
              .fit(TRAIN);
      assertEquals(StopReason.MAX_STEPS, report.stopReason());
      States.assertSame(recorder.states.get(10L), States.of(model));
    }
  }

  @Test
  void bestWeightsAreAveragesIfAveragingIsEnabled() throws IOException {
    Path file = folder.resolve("best.safetensors");
    double[] values = {2, 1, 3, 4};
    int[] index = new int[1];
    try (VqVae model = Shapes.model(1, 3)) {
      StateRecorder recorder = new StateRecorder(model);
      trainer(model)
          .steps(20)
          .averageWeights(0.9)
          .monitor(e -> values[index[0]++])
          .stopEarly(3)
          .saveBest(file)
          .listener(recorder)
          .fit(TRAIN);
      try (VqVae saved = VqVae.load(file)) {
        States.assertSame(States.of(saved), States.of(model));
        assertNotEquals(
            recorder.states.get(10L).get("encoder.mix.weight")[0],
            States.of(model).get("encoder.mix.weight")[0]);
      }
    }
  }

  @Test
  void modelKeepsLastWeightsWithoutEarlyStopping() {
    double[] values = {2, 1, 3, 4};
    int[] index = new int[1];
    try (VqVae model = Shapes.model(1, 3)) {
      StateRecorder recorder = new StateRecorder(model);
      trainer(model).steps(20).monitor(e -> values[index[0]++]).listener(recorder).fit(TRAIN);
      States.assertSame(recorder.states.get(20L), States.of(model));
    }
  }

  @Test
  void patienceExhaustedAtLastStepIsNotEarlyStopping() {
    try (VqVae model = Shapes.model(1, 3)) {
      TrainingReport report =
          trainer(model).steps(15).monitor(Evaluation::step).stopEarly(2).fit(TRAIN);
      assertEquals(StopReason.MAX_STEPS, report.stopReason());
      assertEquals(15, report.last().step());
    }
  }

  @Test
  void unwritableBestFileStopsTheRunAndKeepsWeights() throws IOException {
    Path occupied = Files.writeString(folder.resolve("occupied"), "a file");
    try (VqVae model = Shapes.model(1, 3)) {
      StateRecorder recorder = new StateRecorder(model);
      UncheckedIOException error =
          assertThrows(
              UncheckedIOException.class,
              () ->
                  trainer(model)
                      .averageWeights(0.9)
                      .saveBest(occupied.resolve("best.safetensors"))
                      .listener(recorder)
                      .fit(TRAIN));
      assertMessageContains(
          error,
          "after step 5",
          "in memory has the weights of that step",
          "save it elsewhere",
          "occupied");
      States.assertSame(recorder.states.get(5L), States.of(model));
    }
  }

  @Test
  void stopEarlyAndKeepBestRequireEvaluations() {
    try (VqVae model = Shapes.model(1, 3)) {
      assertMessageContains(
          assertThrows(
              IllegalStateException.class, () -> Trainer.of(model).stopEarly(2).fit(TRAIN)),
          "stopEarly requires evaluations",
          "evaluate(heldOut, everySteps)");
      assertMessageContains(
          assertThrows(
              IllegalStateException.class,
              () -> Trainer.of(model).saveBest(folder.resolve("a")).fit(TRAIN)),
          "saveBest requires evaluations");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Trainer.of(model).stopEarly(0)),
          "at least 1 evaluation",
          "got 0");
    }
  }
}
