package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The loop of docs/guides/training.md. */
class CustomVqVaeLoopTest {
  private static final Dataset TRAIN = Shapes.rectangles(40, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);
  private static final int STEPS = 15;
  private static final double MAX_NORM = 0.5;

  @TempDir Path folder;

  /** Workers compute with one thread, custom loops with all. */
  private final WithThreads threads = new WithThreads(1);

  @AfterEach
  void restoreThreads() {
    threads.close();
  }

  @Test
  void customLoopComputesTheSameWeightsAsTheTrainer() throws Exception {
    try (VqVae trained = Shapes.model(1, 3);
        VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer =
          Trainer.of(trained)
              .optimizer(Adam.rate(1e-3))
              .batch(7)
              .steps(STEPS)
              .seed(5)
              .workers(1)
              .clipNorm(MAX_NORM)
              .averageWeights(0.8)
              .evaluate(TEST, STEPS)
              .quiet();
      TrainingReport expected = trainer.fit(TRAIN);

      WeightAverages averages = WeightAverages.of(model, 0.8);
      RunFolder run = RunFolder.in(folder.resolve("run"));
      TrainingReport report = train(model, averages, run);

      assertEquals(expected.last().terms(), report.last().terms());
      assertArrayEquals(counts(expected), counts(report));
      assertEqualWeights(trained, model);
      try (VqVae saved = VqVae.load(run.modelFile().orElseThrow())) {
        assertEqualWeights(trained, saved);
      }
      trainer.averages().swap();
      averages.swap();
      assertEqualWeights(trained, model);
      assertEquals(expected.evaluations().get(0).metrics(), Evaluation.of(model, TEST).metrics());
    }
  }

  private static TrainingReport train(VqVae model, WeightAverages averages, RunFolder folder) {
    Optimizer optimizer = Adam.rate(1e-3);
    try (TrainingData<ImageBatch> data = TrainingData.of(TRAIN, 7, 5)) {
      model.initialize(data, new Rng(5));
      return TrainingRun.execute(
          model,
          STEPS,
          List.of(folder),
          run -> {
            for (long n = 1; n <= STEPS && !run.isStopped(); n++) {
              try (Step step = Step.training(new RngKey(5, n, 0))) {
                BatchLoss loss = model.loss(step, data.next(), new TrainingProgress(n, 0));
                loss.total().backward();
                Gradients gradients = Gradients.of(step).clipNorm(model.parameters(), MAX_NORM);
                optimizer.update(model.parameters(), gradients, optimizer.rate());
                step.commit();
                averages.update();
                run.reportStep(7, loss, optimizer.rate());
              }
            }
          });
    }
  }

  private static long[] counts(TrainingReport report) {
    return report.last().windowUsage().get(0).usage().counts();
  }

  private static void assertEqualWeights(VqVae expected, VqVae actual) {
    assertEquals(expected.variables().keySet(), actual.variables().keySet());
    expected
        .variables()
        .forEach(
            (name, variable) ->
                assertArrayEquals(
                    variable.toFloats(), actual.variables().get(name).toFloats(), name));
  }

  @Test
  void failedSaveEndsTheRun() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "not a folder");
    TrainingListener saving =
        new TrainingListener() {
          @Override
          public void onStepEnd(TrainingRun run, long step) {
            run.save(file.resolve("model.safetensors"));
          }
        };
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.of(model).batch(7).quiet().listener(saving);
      assertThrows(UncheckedIOException.class, () -> trainer.fit(TRAIN));
    }
  }
}
