package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A training loop of one's own with the library's clipping, averages, progress and run folder. */
class CustomLoopTest {
  private static final float[] POINTS = {1, 2, -1, 0.5f, 3, -2};
  private static final float[] TARGETS = {3, -1, 1};

  @TempDir private Path folder;
  private final Linear model = new Linear(2, 1, new Rng(1));
  private final Optimizer optimizer = Sgd.rate(0.1);

  /** The weights after each step. */
  private final List<float[]> history = new ArrayList<>();

  @AfterEach
  void close() {
    Thread.interrupted();
    model.close();
  }

  /** Runs the loop for the given steps; the action is called in each step before the update. */
  private void loop(TrainingRun run, int steps, LongConsumer action) {
    for (long n = 1; n <= steps && !run.isStopped(); n++) {
      try (Step step = Step.training(new RngKey(42, n, 0))) {
        Tensor prediction = model.forward(step.tensor(POINTS, 3, 2));
        Tensor loss = prediction.meanSquaredError(step.tensor(TARGETS, 3, 1));
        loss.backward();
        action.accept(n);
        Gradients gradients = Gradients.of(step).clipNorm(model.parameters(), 1);
        optimizer.update(model.parameters(), gradients, optimizer.rate());
        step.commit();
        history.add(model.parameters().get(0).toFloats());
        run.reportStep(3, BatchLoss.of("mse", loss).withMetric("own", n), optimizer.rate());
      }
    }
  }

  @Test
  void progressAndRunFolder() throws IOException {
    Path path = folder.resolve("custom");
    try (CapturedLog log = new CapturedLog(ProgressLog.class);
        Linear loaded = new Linear(2, 1, new Rng(2))) {
      List<TrainingListener> listeners =
          List.of(new ProgressLog(), RunFolder.in(path).metricsEvery(1).tensorBoard());
      TrainingReport report =
          TrainingRun.execute(
              model,
              8,
              listeners,
              run -> {
                loop(run, 8, n -> {});
                LossReport held =
                    new LossReport("", List.of(new TermReport("mse", 2, 1)), List.of());
                run.reportEvaluation(new Evaluation(0, List.of(held), List.of(), List.of()));
              });
      assertEquals(StopReason.MAX_STEPS, report.stopReason());
      assertEquals(8, report.last().step());
      assertEquals(8, report.last().metric("own"));
      assertEquals(8, report.evaluations().get(0).step());
      assertTrue(report.examplesPerSecond() > 0);
      assertTrue(log.all().get(0).startsWith("Training Linear ("), log.all().toString());
      assertTrue(log.all().get(1).startsWith("step 1/8"), log.all().toString());
      assertTrue(log.all().stream().anyMatch(line -> line.startsWith("Evaluation after step 8")));

      loaded.loadWeights(path.resolve("model.safetensors"));
      States.assertSame(States.of(model), States.of(loaded));
      List<List<String>> rows = MetricsTableTest.read(path.resolve("metrics.csv"));
      assertEquals(10, rows.size());
      int mse = rows.get(0).indexOf("train/mse");
      assertEquals(String.valueOf((float) report.last().loss()), rows.get(8).get(mse));
      assertTrue(Float.parseFloat(rows.get(8).get(mse)) < Float.parseFloat(rows.get(1).get(mse)));
      assertEquals("2.0", rows.get(9).get(rows.get(0).indexOf("validation/mse")));
      JsonObject config = json(path.resolve("config.json"));
      assertEquals(8, config.getAsJsonObject("training").get("steps").getAsLong());
      assertEquals(3, config.getAsJsonObject("model").get("parameters").getAsLong());
      assertEquals("Linear", config.getAsJsonObject("model").get("type").getAsString());
      JsonObject metrics = json(path.resolve("metrics.json"));
      assertFalse(metrics.has("train/gradientNorm"), "unknown in a loop of one's own");
      assertFalse(rows.get(0).contains("train/gradientNorm"));
      assertEquals("MAX_STEPS", metrics.get("stopReason").getAsString());
    }
  }

  private static JsonObject json(Path file) throws IOException {
    return JsonParser.parseString(Files.readString(file)).getAsJsonObject();
  }

  @Test
  void averagesEqualThoseComputedByHand() {
    WeightAverages averages = WeightAverages.of(model, 0.6);
    TrainingRun.execute(
        model,
        9,
        List.of(
            new TrainingListener() {
              @Override
              public void onStepEnd(TrainingRun run, long step) {
                averages.update();
              }
            }),
        run -> loop(run, 9, n -> {}));
    double[] expected = new double[2];
    for (int t = 1; t <= 9; t++) {
      double decay = Math.min(0.6, (t - 1.0) / t);
      for (int i = 0; i < 2; i++) {
        expected[i] = decay * expected[i] + (1 - decay) * history.get(t - 1)[i];
      }
    }
    averages.swap();
    float[] actual = model.parameters().get(0).toFloats();
    assertEquals(expected[0], actual[0], 1e-6);
    assertEquals(expected[1], actual[1], 1e-6);
    averages.swap();
    assertArrayEquals(history.get(8), model.parameters().get(0).toFloats());
  }

  @Test
  void clippingIsPyTorchs() {
    try (Step step = Step.training(new RngKey(1, 1, 0))) {
      model
          .forward(step.tensor(POINTS, 3, 2))
          .meanSquaredError(step.tensor(TARGETS, 3, 1))
          .backward();
      Gradients gradients = Gradients.of(step);
      List<Parameter> parameters = model.parameters();
      double sum = 0;
      for (Parameter parameter : parameters) {
        for (double g : step.gradient(parameter).toDoubles()) {
          sum += g * g;
        }
      }
      double norm = Math.sqrt(sum);
      assertEquals(norm, gradients.norm(parameters), 1e-6 * norm);
      List<Parameter> repeated = new ArrayList<>(parameters);
      repeated.addAll(parameters);
      assertEquals(norm, gradients.norm(repeated), 1e-6 * norm, "a shared parameter counts once");
      for (double maxNorm : new double[] {1e-3, 0.5 * norm, norm, 1.0001 * norm, 10 * norm}) {
        double factor = Math.min(1, maxNorm / (norm + 1e-6)); // torch.nn.utils.clip_grad_norm_
        Gradients clipped = gradients.clipNorm(parameters, maxNorm);
        for (Parameter parameter : parameters) {
          double[] original = step.gradient(parameter).toDoubles();
          float[] values = new float[original.length];
          clipped.read(parameter, 0, values, values.length);
          for (int i = 0; i < values.length; i++) {
            assertEquals(factor * original[i], values[i], 1e-6 * Math.abs(original[i]));
          }
        }
      }
      for (double wrong : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
        assertMessageContains(
            assertThrows(
                IllegalArgumentException.class, () -> gradients.clipNorm(parameters, wrong)),
            "Gradients.clipNorm",
            "above 0");
      }
    }
  }

  @Test
  void gradientsThatAreNotFiniteAreRefused() {
    model.parameters().get(0).set(new float[] {Float.NaN, 1});
    try (Step step = Step.training(new RngKey(1, 1, 0))) {
      model.forward(step.tensor(POINTS, 3, 2)).square().mean().backward();
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> Gradients.of(step).clipNorm(model.parameters(), 1)),
          "finite",
          "NaN",
          "Skip this update");
    }
  }

  @Test
  void exceptionInTheLoop() throws IOException {
    Path path = folder.resolve("failed");
    IllegalStateException failure = new IllegalStateException("no more disk");
    List<String> heard = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onFailure(TrainingRun run, Throwable cause) {
            assertSame(failure, cause);
            heard.add("failure after " + run.step());
          }
        };
    assertSame(
        failure,
        assertThrows(
            IllegalStateException.class,
            () ->
                TrainingRun.execute(
                    model,
                    8,
                    List.of(listener, RunFolder.in(path)),
                    run ->
                        loop(
                            run,
                            8,
                            n -> {
                              if (n == 4) {
                                throw failure;
                              }
                            }))));
    assertEquals(List.of("failure after 3"), heard);
    assertEquals(1, failure.getSuppressed().length, "names the checkpoint");
    assertMessageContains(failure.getSuppressed()[0], "after step 3", "model.safetensors");
    try (Linear loaded = new Linear(2, 1, new Rng(2))) {
      loaded.loadWeights(path.resolve("model.safetensors"));
      States.assertSame(States.of(model), States.of(loaded));
    }
  }

  @Test
  void interruptOfTheLoop() {
    List<String> heard = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onInterrupt(TrainingRun run) {
            heard.add("interrupt after " + run.step());
            assertFalse(Thread.currentThread().isInterrupted());
          }

          @Override
          public void onEnd(TrainingRun run, TrainingReport report) {
            heard.add("end");
          }
        };
    TrainingReport report =
        TrainingRun.execute(
            model,
            8,
            List.of(listener),
            run ->
                loop(
                    run,
                    8,
                    n -> {
                      if (n == 3) {
                        Thread.currentThread().interrupt();
                      }
                    }));
    assertEquals(StopReason.INTERRUPTED, report.stopReason());
    assertEquals(3, report.last().step());
    assertEquals(List.of("interrupt after 3", "end"), heard);
    assertTrue(Thread.interrupted());
  }

  @Test
  void stopOfTheLoop() {
    TrainingReport report =
        TrainingRun.execute(
            model,
            8,
            List.of(
                new TrainingListener() {
                  @Override
                  public void onStep(TrainingRun run, StepReport step) {
                    if (step.step() == 2) {
                      run.stop();
                    }
                  }
                }),
            run -> loop(run, 8, n -> {}));
    assertEquals(StopReason.STOPPED, report.stopReason());
    assertEquals(2, report.last().step());
  }

  @Test
  void aLoopThatEndsByItselfBeforeItsLastStep() {
    TrainingReport report = TrainingRun.execute(model, 8, List.of(), run -> loop(run, 5, n -> {}));
    assertEquals(StopReason.STOPPED, report.stopReason());
    assertEquals(5, report.last().step());
    assertTrue(report.toString().contains("stopped at step 5 of 8"), report.toString());
  }

  @Test
  void timeOfEvaluationsIsNoTrainingTime() {
    LossReport held = new LossReport("", List.of(new TermReport("mse", 2, 1)), List.of());
    TrainingReport report =
        TrainingRun.execute(
            model,
            4,
            List.of(
                new TrainingListener() {
                  @Override
                  public void onEvaluation(TrainingRun run, Evaluation evaluation) {
                    Numbers.sleep(500);
                  }
                }),
            run -> {
              loop(run, 2, n -> {});
              Numbers.sleep(500);
              run.reportEvaluation(new Evaluation(0, List.of(held), List.of(), List.of()));
              loop(run, 2, n -> {});
            });
    double trainingSeconds = 12 / report.examplesPerSecond();
    assertTrue(report.seconds() >= 1);
    assertTrue(trainingSeconds < 0.5, "training took " + trainingSeconds + " s");
    assertEquals(List.of(2L), report.evaluations().stream().map(Evaluation::step).toList());
  }

  @Test
  void aLoopWithoutSteps() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () -> TrainingRun.execute(model, 8, List.of(), run -> model.parameters()));
    assertMessageContains(
        e, "the loop returned without reporting a step. Call run.reportStep(..) after each step.");
    assertFalse(e instanceof CancellationException);
    assertMessageContains(
        assertThrows(
            CancellationException.class,
            () -> TrainingRun.execute(model, 8, List.of(), TrainingRun::stop)),
        "before the first step");
  }

  @Test
  void aListenerSavesTheModel() throws IOException {
    Path file = folder.resolve("saved.safetensors");
    TrainingRun.execute(
        model,
        3,
        List.of(
            new TrainingListener() {
              @Override
              public void onStepEnd(TrainingRun run, long step) {
                if (step == 2) {
                  run.save(file);
                }
              }
            }),
        run -> loop(run, 3, n -> {}));
    try (Linear loaded = new Linear(2, 1, new Rng(2))) {
      loaded.loadWeights(file);
      assertArrayEquals(history.get(1), loaded.parameters().get(0).toFloats());
    }
  }
}
