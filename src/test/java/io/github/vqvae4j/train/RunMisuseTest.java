package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of a training run at the wrong time or place, and null where a value is expected. */
@Timeout(60)
class RunMisuseTest {
  @TempDir private Path folder;
  private final PointGan gan = new PointGan(1);

  @AfterEach
  void close() {
    gan.close();
  }

  private static void report(TrainingRun run) {
    CustomLoops.report(run, 1, (n, loss) -> loss);
  }

  private static Evaluation evaluation() {
    LossReport loss = new LossReport("", List.of(new TermReport("error", 1, 1)), List.of());
    return new Evaluation(0, List.of(loss), List.of(), List.of());
  }

  private static TrainingListener onStep(Consumer<TrainingRun> action) {
    return new TrainingListener() {
      @Override
      public void onStep(TrainingRun run, StepReport report) {
        action.accept(run);
      }
    };
  }

  private void assertTrainerRejects(Consumer<TrainingRun> action, String method) {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                Trainer.of(gan.discriminatorObjective(), gan.generatorObjective())
                    .batch(4)
                    .steps(3)
                    .quiet()
                    .listener(onStep(action))
                    .fit(PointGan.points(20, 1)));
    assertMessageContains(e, "TrainingRun." + method, "A Trainer reports its steps", "remove");
  }

  @Test
  void aTrainerReportsItself() {
    assertTrainerRejects(RunMisuseTest::report, "reportStep");
    assertTrainerRejects(run -> run.reportEvaluation(evaluation()), "reportEvaluation");
  }

  @Test
  void aRunThatHasEnded() {
    List<TrainingRun> runs = new ArrayList<>();
    List<RuntimeException> atEnd = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onEnd(TrainingRun run, TrainingReport report) {
            atEnd.add(assertThrows(IllegalStateException.class, () -> report(run)));
          }
        };
    TrainingRun.execute(
        gan,
        1,
        List.of(listener),
        run -> {
          report(run);
          run.reportEvaluation(evaluation());
          runs.add(run);
        });
    assertEquals(1, atEnd.size());
    for (Runnable call :
        List.<Runnable>of(
            () -> report(runs.get(0)), () -> runs.get(0).reportEvaluation(evaluation()))) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, call::run),
          "in the loop of TrainingRun.execute",
          "before it returns");
    }
  }

  @Test
  void anotherThread() {
    TrainingRun.execute(
        gan,
        1,
        List.of(),
        run -> {
          report(run);
          CompletionException e =
              assertThrows(
                  CompletionException.class,
                  () -> CompletableFuture.runAsync(() -> report(run)).join());
          assertMessageContains((IllegalStateException) e.getCause(), "on its thread");
        });
  }

  @Test
  void theModelOfAnEvaluationIsSaved() throws IOException {
    RunFolder run = RunFolder.in(folder);
    try (Linear model = new Linear(2, 1, new Rng(1));
        Linear saved = new Linear(2, 1, new Rng(2))) {
      TrainingRun.execute(
          model,
          2,
          List.of(run),
          loop -> {
            report(loop);
            model.parameters().get(0).set(new float[] {1, 2});
            loop.reportEvaluation(evaluation());
            load(saved, run);
            States.assertSame(States.of(model), States.of(saved));
            model.parameters().get(0).set(new float[] {3, 4});
            report(loop);
            load(saved, run);
            assertEquals(1, saved.parameters().get(0).toFloats()[0], "step 2 was not evaluated");
          });
    }
  }

  private static void load(Linear model, RunFolder run) {
    try {
      model.loadWeights(run.modelFile().orElseThrow());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void nullResults() {
    Trainable<float[]> noLoss =
        new Trainable<>() {
          @Override
          public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
            return null;
          }

          @Override
          public Map<String, Variable> variables() {
            return gan.variables();
          }
        };
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () -> Trainer.of(noLoss).batch(4).quiet().fit(PointGan.points(20, 1))),
        "Trainable.loss: expected a BatchLoss, got null");
    assertMessageContains(
        assertThrows(
            IllegalStateException.class, () -> Evaluation.of(noLoss, PointGan.points(20, 1))),
        "Trainable.loss: expected a BatchLoss, got null");
    Objective<float[]> first =
        Objective.of("first", (step, batch, progress) -> null, gan.discriminator);
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () ->
                Trainer.of(first, gan.generatorObjective())
                    .batch(4)
                    .quiet()
                    .fit(PointGan.points(20, 1))),
        "The loss of objective first: expected a BatchLoss, got null");
  }

  @Test
  void nullFiles() {
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> Trainer.of(gan).saveBest(null)),
        "Trainer.saveBest: expected a file");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> RunFolder.in(null)), "expected a folder");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> gan.loadWeights(null)), "expected a file");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> gan.saveWeights(null)), "expected a file");
    assertMessageContains(
        assertThrows(NullPointerException.class, () -> gan.loadWeights(folder, null)),
        "expected the name of a block");
  }

  @Test
  void memoryOfUnknownSize() {
    for (String cause : List.of("Java heap space", "Physical memory usage is too high: Bytes")) {
      InsufficientMemoryException e =
          assertThrows(
              InsufficientMemoryException.class,
              () ->
                  MemoryGuard.run(
                      "training",
                      0,
                      () -> {
                        throw new OutOfMemoryError(cause);
                      }));
      assertTrue(
          !e.getMessage().contains(" 0.0 ") && !e.getMessage().contains(" 0 "), e::getMessage);
      assertMessageContains(e, "training needs memory in addition to");
    }
  }
}
