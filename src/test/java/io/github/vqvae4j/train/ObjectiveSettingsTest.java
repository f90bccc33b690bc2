package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Optimizers, schedules, clipping and parameter groups of objectives, and wrong settings. */
class ObjectiveSettingsTest {
  private static final Source<float[]> POINTS = PointGan.points(100, 1);

  /** Returns the gradients of an objective in the first step, in the order of the parameters. */
  private static List<double[]> gradients(
      PointGan gan, Objective.Loss<float[]> loss, List<Parameter> parameters) {
    try (Batches<float[]> batches = Batches.shuffled(POINTS, 10, 42);
        Step step = Step.training(new RngKey(42, 1, 0))) {
      loss.compute(step, batches.next(), new TrainingProgress(1, 0)).total().backward();
      return parameters.stream().map(p -> step.gradient(p).toDoubles()).toList();
    }
  }

  private static double norm(List<double[]> gradients) {
    double sum = 0;
    for (double[] gradient : gradients) {
      for (double g : gradient) {
        sum += g * g;
      }
    }
    return Math.sqrt(sum);
  }

  @Test
  void ownOptimizerScheduleAndClipping() {
    try (PointGan gan = new PointGan(1)) {
      List<Parameter> parameters = gan.generator.parameters();
      List<double[]> gradients = gradients(gan, gan::generatorLoss, parameters);
      List<float[]> before = parameters.stream().map(Parameter::toFloats).toList();
      double norm = norm(gradients);
      double maxNorm = norm / 3;
      TrainingReport report =
          Trainer.of(
                  gan.generatorObjective()
                      .optimizer(Sgd.rate(0.5))
                      .schedule((step, steps) -> 0.25)
                      .clipNorm(maxNorm),
                  gan.discriminatorObjective())
              .optimizer(Sgd.rate(0.1))
              .schedule((step, steps) -> 0.5)
              .batch(10)
              .steps(1)
              .quiet()
              .fit(POINTS);
      double clip = maxNorm / (norm + 1e-6);
      for (int p = 0; p < before.size(); p++) {
        float[] values = parameters.get(p).toFloats();
        for (int i = 0; i < values.length; i++) {
          double expected = before.get(p)[i] - 0.5 * 0.25 * clip * gradients.get(p)[i];
          assertEquals(expected, values[i], 1e-6);
        }
      }
      ObjectiveReport generator = report.last().objective("generator");
      assertEquals(0.125, generator.learningRate(), 1e-12);
      assertEquals(norm, generator.gradientNorm(), 1e-6);
      assertEquals(0.05, report.last().objective("discriminator").learningRate(), 1e-12);
      assertEquals(1, report.clippedSteps());
    }
  }

  @Test
  void groupsHaveTheirOwnRateAndDecay() {
    try (PointGan gan = new PointGan(1)) {
      Parameter ownRate = gan.generator.parameters().get(0);
      Parameter ownDecay = gan.generator.parameters().get(1);
      Parameter noDecay = gan.generator.parameters().get(2);
      List<Parameter> all = gan.generator.parameters();
      List<double[]> gradients = gradients(gan, gan::generatorLoss, all);
      List<float[]> before = all.stream().map(Parameter::toFloats).toList();
      Objective<float[]> generator =
          gan.generatorObjective()
              .optimizer(AdamW.rate(0.01, 0.1))
              .schedule((step, steps) -> 0.5)
              .group(ParameterGroup.of(List.of(ownRate, ownRate)).rate(0.04))
              .group(ParameterGroup.of(List.of(ownDecay)).weightDecay(2))
              .group(ParameterGroup.of(List.of(noDecay)).rate(0.02).weightDecay(0));
      Trainer.of(generator, gan.discriminatorObjective()).batch(10).steps(1).quiet().fit(POINTS);
      double[] rates = {0.04, 0.01, 0.02, 0.01};
      double[] decays = {0.1, 2, 0, 0.1};
      for (int p = 0; p < 4; p++) {
        float[] values = all.get(p).toFloats();
        double rate = 0.5 * rates[p];
        for (int i = 0; i < values.length; i++) {
          double g = gradients.get(p)[i]; // the first update of Adam is g / (|g| + epsilon)
          double expected =
              before.get(p)[i] * (1 - rate * decays[p]) - rate * g / (Math.abs(g) + 1e-8);
          assertEquals(expected, values[i], 1e-6, "parameter " + p + "[" + i + "]");
        }
      }
    }
  }

  @Test
  void groupsOfTheOnlyObjective() {
    try (PointGan gan = new PointGan(1)) {
      List<Parameter> all = gan.generator.parameters();
      List<double[]> gradients = gradients(gan, gan::generatorLoss, all);
      List<float[]> before = all.stream().map(Parameter::toFloats).toList();
      Trainer.of(gan.generatorObjective())
          .optimizer(Sgd.rate(0.1))
          .group(ParameterGroup.of(all.subList(0, 1)).rate(0.7).weightDecay(0.3))
          .batch(10)
          .steps(1)
          .quiet()
          .fit(POINTS);
      for (int p = 0; p < all.size(); p++) {
        double rate = p == 0 ? 0.7 : 0.1;
        double decay = p == 0 ? 0.3 : 0;
        for (int i = 0; i < before.get(p).length; i++) {
          double expected = before.get(p)[i] * (1 - rate * decay) - rate * gradients.get(p)[i];
          assertEquals(expected, all.get(p).toFloats()[i], 1e-6);
        }
      }
    }
  }

  private static void assertRefused(
      Class<? extends Exception> type, Executable call, String... texts) {
    assertMessageContains(assertThrows(type, call), texts);
  }

  @Test
  void wrongSettingsOfObjectives() {
    Class<IllegalArgumentException> argument = IllegalArgumentException.class;
    try (PointGan gan = new PointGan(1)) {
      Objective<float[]> generator = gan.generatorObjective();
      Parameter first = gan.generator.parameters().get(0);
      assertRefused(argument, () -> Objective.of("a/b", gan::loss, gan), "a/b", "slash");
      assertRefused(argument, () -> Objective.of("a.b", gan::loss, gan), "a.b", "dots");
      assertRefused(argument, () -> Objective.of("", gan::loss, gan), "name");
      assertRefused(argument, () -> generator.every(0), "at least 1", "got 0");
      assertRefused(argument, () -> generator.clipNorm(Double.NaN), "Objective.clipNorm", "NaN");
      assertRefused(
          argument,
          () -> generator.group(ParameterGroup.of(gan.discriminator)),
          "that the objective trains",
          "discriminator.0.weight");
      assertRefused(
          argument,
          () ->
              generator
                  .group(ParameterGroup.of(List.of(first)))
                  .group(ParameterGroup.of(gan.generator)),
          "in no other group",
          first.name());
      assertRefused(argument, () -> ParameterGroup.of(gan).rate(0), "above 0", "freeze");
      assertRefused(argument, () -> ParameterGroup.of(gan).weightDecay(-1), "at least 0", "-1");
      assertRefused(
          argument,
          () -> ParameterGroup.of(new VectorQuantizer(VectorQuantizer.ema(4, 2), new Rng(1))),
          "one or more parameters",
          "An EMA codebook is a buffer");
      assertTrue(generator.groups().isEmpty(), "settings are copies");
    }
  }

  @Test
  void wrongCombinations() {
    Class<IllegalStateException> state = IllegalStateException.class;
    try (PointGan gan = new PointGan(1);
        PointGan other = new PointGan(2)) {
      Objective<float[]> generator = gan.generatorObjective();
      Objective<float[]> discriminator = gan.discriminatorObjective();
      assertRefused(
          state,
          () -> Trainer.of(generator, gan.generatorObjective()).fit(POINTS),
          "different names",
          "[generator, generator]");
      assertRefused(
          state,
          () -> Trainer.of(generator.every(2), discriminator).fit(POINTS),
          "first objective that runs in every step",
          "\"generator\", which runs every 2 steps",
          "List an objective without every(..) first");
      assertRefused(
          state,
          () ->
              Trainer.of(generator, discriminator)
                  .group(ParameterGroup.of(gan.generator))
                  .fit(POINTS),
          "Trainer.group",
          "on the objective");
      Optimizer used = Adam.rate(1e-3);
      Trainer.of(other).optimizer(used).batch(10).steps(1).quiet().fit(POINTS);
      assertRefused(
          state,
          () -> Trainer.of(generator.optimizer(used), discriminator).fit(POINTS),
          "another model's parameters");
      assertRefused(
          state,
          () ->
              Trainer.of(
                      generator.optimizer(Adam.rate(1e-3)),
                      discriminator.optimizer(Adam.rate(1e-3)))
                  .optimizer(Adam.rate(1e-4))
                  .fit(POINTS),
          "never used");
      gan.generator.freeze();
      assertRefused(
          state,
          () -> Trainer.of(gan.withObjectives(List.of(generator))).quiet().fit(POINTS),
          "all are frozen");
      gan.freeze();
      assertRefused(
          state, () -> Trainer.of(generator, discriminator).quiet().fit(POINTS), "all are frozen");
    }
  }

  @Test
  void everyBatchHasTheSameTermsAndMetrics() {
    try (PointGan gan = new PointGan(1)) {
      Objective.Loss<float[]> terms =
          (step, batch, progress) ->
              BatchLoss.of(
                  progress.firstExample() == 0 ? "a" : "b",
                  gan.generatorLoss(step, batch, progress).total());
      Objective.Loss<float[]> metrics =
          (step, batch, progress) ->
              gan.generatorLoss(step, batch, progress)
                  .withMetric(progress.firstExample() == 0 ? "a" : "b", 1);
      for (Objective.Loss<float[]> loss : List.of(terms, metrics)) {
        Trainer<float[]> trainer =
            Trainer.of(Objective.of("own", loss, gan)).batch(10).steps(1).accumulate(2).quiet();
        assertRefused(
            IllegalStateException.class,
            () -> trainer.fit(POINTS),
            "the same terms and metrics for every batch",
            "a ",
            "b ");
        Trainable<float[]> model = Trainable.of(Objective.of("own", loss, gan));
        assertRefused(
            IllegalStateException.class,
            () -> Evaluation.of(model, POINTS),
            "the same terms and metrics");
      }
    }
  }

  @Test
  void settingsOfARunNameTheObjectives() {
    try (PointGan gan = new PointGan(1)) {
      List<TrainingSettings> heard = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStart(TrainingRun run) {
              heard.add(run.settings());
            }
          };
      Trainer.of(
              gan.discriminatorObjective().group(ParameterGroup.of(gan.discriminator).rate(0.2)),
              gan.generatorObjective().optimizer(Sgd.rate(0.5)).clipNorm(3).every(2))
          .batch(10)
          .steps(2)
          .listener(listener)
          .quiet()
          .fit(POINTS);
      List<ObjectiveSettings> objectives = heard.get(0).objectives();
      assertEquals("generator", objectives.get(1).name());
      assertTrue(objectives.get(1).optimizer().startsWith("Sgd(learning rate 0.5"));
      assertEquals(3, objectives.get(1).clipNorm());
      assertEquals(2, objectives.get(1).every());
      assertTrue(objectives.get(0).optimizer().startsWith("Adam("));
      assertEquals(
          List.of(
              "4 parameters (discriminator.0.weight, discriminator.0.bias, discriminator.2.weight"
                  + " and 1 more), learning rate 0.2"),
          objectives.get(0).groups());
      ParameterGroup one = ParameterGroup.of(List.of(gan.generator.parameters().get(1)));
      assertEquals(
          "1 parameter (generator.0.bias), weight decay 0.5", one.weightDecay(0.5).toString());
      assertEquals(List.of(100, 2), heard.get(0).trainingData());
    }
  }
}
