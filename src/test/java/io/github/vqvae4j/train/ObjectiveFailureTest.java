package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A step of two objectives is applied as a whole or not at all. */
class ObjectiveFailureTest {
  private static final Source<float[]> POINTS = PointGan.points(100, 1);

  private final PointGan gan = new PointGan(1);
  private final Optimizer generator = Adam.rate(1e-2);
  private final Optimizer discriminator = Adam.rate(1e-2);

  /** The state of the model after each step. */
  private final Map<Long, Map<String, float[]>> states = new HashMap<>();

  @AfterEach
  void close() {
    gan.close();
  }

  private Objective<float[]> generatorObjective() {
    return gan.generatorObjective().optimizer(generator);
  }

  /** Returns a discriminator objective whose loss is changed in step 3. */
  private Objective<float[]> failing(UnaryOperator<Tensor> change) {
    Objective.Loss<float[]> loss =
        (step, batch, progress) -> {
          Tensor value = gan.discriminatorLoss(step, batch, progress).total();
          return BatchLoss.of("told apart", progress.step() < 3 ? value : change.apply(value));
        };
    return Objective.of("discriminator", loss, gan.discriminator).optimizer(discriminator);
  }

  private Trainer<float[]> trainer(Objective<float[]> first, Objective<float[]> second) {
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            states.put(report.step(), States.of(gan));
          }
        };
    return Trainer.of(first, second).batch(10).steps(5).listener(recorder).quiet();
  }

  private void assertStateOfStep2() {
    assertEquals(2, states.size());
    States.assertSame(states.get(2L), States.of(gan));
  }

  @Test
  void lossOfTheSecondObjectiveIsNaN() {
    for (int accumulate : new int[] {1, 2}) {
      states.clear();
      Trainer<float[]> trainer =
          trainer(generatorObjective(), failing(value -> value.neg().sub(1).log()));
      DivergenceException e =
          assertThrows(DivergenceException.class, () -> trainer.accumulate(accumulate).fit(POINTS));
      assertEquals(3, e.step());
      assertEquals("the told apart term of objective discriminator", e.term());
      assertMessageContains(
          e, "Step 3", "objective discriminator is NaN", "It originated in", "log");
      assertStateOfStep2();
      assertTrue(generator.parameters().isEmpty());
    }
  }

  @Test
  void gradientOfTheSecondObjectiveIsNotFinite() {
    DivergenceException e =
        assertThrows(
            DivergenceException.class,
            () ->
                trainer(generatorObjective(), failing(value -> value.sub(value).sqrt()))
                    .fit(POINTS));
    assertMessageContains(e, "the gradient of discriminator.", "sqrt");
    assertStateOfStep2();
    assertTrue(generator.parameters().isEmpty());
  }

  @Test
  void lossOfTheSecondObjectiveThrows() {
    IllegalStateException failure = new IllegalStateException("no teacher");
    IllegalStateException thrown =
        assertThrows(
            IllegalStateException.class,
            () ->
                trainer(
                        generatorObjective(),
                        failing(
                            value -> {
                              throw failure;
                            }))
                    .fit(POINTS));
    assertSame(failure, thrown);
    assertFalse(
        discriminator.parameters().isEmpty(), "the second optimizer was not used in step 3");
    assertStateOfStep2();
    assertTrue(generator.parameters().isEmpty());
  }

  @Test
  void updateOfTheFirstObjectiveOverflows() {
    Objective.Loss<float[]> large =
        (step, batch, progress) ->
            BatchLoss.of("large", gan.generatorLoss(step, batch, progress).total().mul(1e3));
    Objective<float[]> first =
        Objective.of("generator", large, gan.generator)
            .optimizer(Sgd.rate(1))
            .schedule((step, steps) -> step < 3 ? 1e-6 : 3e38);
    DivergenceException e =
        assertThrows(
            DivergenceException.class,
            () -> trainer(first, failing(value -> value.neg().sub(1).log())).fit(POINTS));
    // Found after the first update: the second pass, which is NaN, has not run yet.
    assertMessageContains(e, "generator.", "after the optimizer update with learning rate 3.0E38");
    assertStateOfStep2();
  }

  @Test
  void evaluationNamesTheObjective() {
    DivergenceException e =
        assertThrows(
            DivergenceException.class,
            () ->
                trainer(generatorObjective(), failing(value -> value.neg().sub(1).log()))
                    .evaluate(POINTS, 2)
                    .fit(POINTS));
    assertMessageContains(e, "After step 2", "the told apart term of objective discriminator");
    assertStateOfStep2();
  }
}
