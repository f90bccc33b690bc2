package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.nn.Activation;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Parameters that a loss depends on, but that training leaves behind, and the reverse. */
class ParameterCheckTest {
  private static final Source<float[]> POINTS = PointGan.points(60, 1);

  /** A model of points with a registered layer, after another one. */
  private static final class Model extends Block implements Trainable<float[]> {
    private final Linear registered = child("registered", new Linear(3, 2, new Rng(1)));
    private final UnaryOperator<Tensor> before;
    private final UnaryOperator<Tensor> after;

    Model(UnaryOperator<Tensor> before, UnaryOperator<Tensor> after) {
      this.before = before;
      this.after = after;
    }

    @Override
    public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
      Tensor points = PointGan.tensor(step, batch);
      Tensor result = after.apply(registered.forward(before.apply(points)));
      return BatchLoss.of("mse", result.meanSquaredError(points));
    }
  }

  private final Linear other = new Linear(2, 3, new Rng(2));

  @AfterEach
  void close() {
    other.close();
  }

  private static List<String> warnings(Trainer<float[]> trainer) {
    try (CapturedLog log = new CapturedLog(ParameterCheck.class)) {
      trainer.batch(10).steps(3).quiet().fit(POINTS);
      return log.warnings();
    }
  }

  @Test
  void aForgottenLayerIsNamedOnce() {
    Sequential deep = Sequential.of(other, Activation.RELU, new Linear(3, 3, new Rng(3)));
    try (Model shallow = new Model(other::forward, x -> x);
        Model model = new Model(deep::forward, x -> x)) {
      String end =
          "): they are neither trained nor saved. Register their layers with child(name, layer), or"
              + " freeze what is not to be trained.";
      assertEquals(
          List.of(
              "The loss uses 4 parameters that no block of the model contains (Sequential"
                  + " 0.weight [2, 3], Sequential 0.bias [3], Sequential 2.weight [3, 3] and 1 more"
                  + end),
          warnings(Trainer.of(model).accumulate(2)));
      Objective<float[]> every = Objective.of("a", shallow::loss, shallow.registered);
      Objective<float[]> second = Objective.of("b", model::loss, model.registered).every(2);
      assertEquals(2, warnings(Trainer.of(every, second)).size(), "of other parameters in step 2");
      assertEquals(1, warnings(Trainer.of(every, second.every(4))).size());
    }
  }

  @Test
  void aSingleParameter() {
    other.parameters().get(1).freeze();
    try (Model model = new Model(other::forward, x -> x)) {
      assertEquals(
          List.of(
              "The loss uses 1 parameter that no block of the model contains (Linear weight"
                  + " [2, 3]): it is neither trained nor saved. Register its layer with child(name,"
                  + " layer), or freeze what is not to be trained."),
          warnings(Trainer.of(model)));
    }
  }

  @Test
  void parametersThatAreFrozenOrOfAnotherObjectiveAreFine() {
    try (Model model = new Model(other::forward, x -> x);
        PointGan gan = new PointGan(1)) {
      assertEquals(List.of(), warnings(Trainer.of(gan)));
      assertEquals(
          List.of(),
          warnings(Trainer.of(gan.discriminatorObjective(), gan.generatorObjective().every(2))));
      Objective<float[]> both = Objective.of("both", model::loss, model.registered, other);
      assertEquals(List.of(), warnings(Trainer.of(both)));
      assertEquals(List.of(), warnings(Trainer.of(model.withObjectives(List.of(both)))));
      other.freeze();
      assertEquals(List.of(), warnings(Trainer.of(model)));
    }
  }

  @Test
  void aLossThatDependsOnNoTrainedParameter() {
    try (Model model =
        new Model(x -> Tensor.concat(1, List.of(x, x)).slice(1, 0, 3), Tensor::stopGradient)) {
      assertMessageContains(
          assertThrows(
              IllegalStateException.class, () -> Trainer.of(model).quiet().batch(10).fit(POINTS)),
          "Trainer: the loss depends on none of the parameters that it trains in step 1. Check for"
              + " stopGradient");
      Objective<float[]> swapped = Objective.of("b", model::loss, other);
      assertMessageContains(
          assertThrows(
              IllegalStateException.class, () -> Trainer.of(swapped).quiet().batch(10).fit(POINTS)),
          "Objective b: its loss depends on none of the parameters that it trains in step 1.",
          "passed to Objective.of.");
    }
  }

  @ParameterizedTest
  @CsvSource({"3, -1, 3", "1, 1, 1", "2, 0, 2"})
  void theOnlyLossIsConstantOnceOrOnOneWorker(long constantStep, long worker, long named) {
    try (Model model = new Model(x -> Tensor.concat(1, List.of(x, x)).slice(1, 0, 3), x -> x)) {
      Objective<float[]> once =
          Objective.of(
              "once",
              (step, batch, progress) -> {
                BatchLoss loss = model.loss(step, batch, progress);
                boolean onWorker = worker < 0 || (progress.firstExample() % 10 > 0) == (worker > 0);
                return progress.step() == constantStep && onWorker
                    ? BatchLoss.of("loss", loss.total().stopGradient())
                    : loss;
              },
              model.registered);
      assertMessageContains(
          assertThrows(
              IllegalStateException.class,
              () -> Trainer.of(once).quiet().batch(10).workers(2).steps(5).fit(POINTS)),
          "Objective once: its loss depends on none of the parameters that it trains in step "
              + named);
    }
  }

  /** A discriminator often starts after some steps. */
  @Test
  void oneOfSeveralObjectivesMayBeConstantAtFirst() {
    try (PointGan gan = new PointGan(1)) {
      List<float[]> weights = new ArrayList<>();
      Objective<float[]> late =
          Objective.of(
              "late",
              (step, batch, progress) ->
                  progress.step() < 3
                      ? BatchLoss.of("none", step.tensor(new float[1], 1))
                      : BatchLoss.of("none", gan.discriminatorLoss(step, batch, progress).total()),
              gan.discriminator);
      TrainingListener recorder =
          new TrainingListener() {
            @Override
            public void onStep(TrainingRun run, StepReport report) {
              weights.add(gan.discriminator.parameters().get(0).toFloats());
            }
          };
      List<String> logged = warnings(Trainer.of(gan.generatorObjective(), late).listener(recorder));
      assertEquals(1, logged.size(), logged::toString);
      assertTrue(logged.get(0).startsWith("Objective late: its loss depends on none"));
      assertTrue(logged.get(0).endsWith("Ignore this if it begins later."));
      assertArrayEquals(weights.get(0), weights.get(1));
      assertFalse(Arrays.equals(weights.get(1), weights.get(2)));
    }
  }

  @Test
  void aModelWithoutRegisteredLayers() {
    Trainable<float[]> model =
        new Empty() {
          @Override
          public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
            return BatchLoss.of("mse", other.forward(PointGan.tensor(step, batch)).square().mean());
          }
        };
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Trainer.of(model).fit(POINTS)),
        "got none. Register layers with child(name, layer).");
  }

  private abstract static class Empty extends Block implements Trainable<float[]> {}
}
