package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Two objectives compared with loops written by hand. */
class ObjectivesTest {
  private static final Source<float[]> POINTS = PointGan.points(200, 1);

  /** The training loop of a GAN without the trainer. */
  private static final class HandWritten {
    final PointGan gan;
    final Optimizer generator = Adam.rate(2e-3);
    final Optimizer discriminator = Sgd.rate(5e-2);
    int generatorEvery = 1;

    HandWritten(PointGan gan) {
      this.gan = gan;
    }

    void run(int steps, Runnable afterStep) {
      try (Batches<float[]> batches = Batches.shuffled(POINTS, 16, 9)) {
        for (int n = 1; n <= steps; n++) {
          float[] batch = batches.next();
          update(n, batch, gan::discriminatorLoss, gan.discriminator, discriminator);
          if (n % generatorEvery == 0) {
            update(n, batch, gan::generatorLoss, gan.generator, generator);
          }
          afterStep.run();
        }
      }
    }

    private void update(
        int n, float[] batch, Objective.Loss<float[]> loss, Block trained, Optimizer optimizer) {
      try (Step step = Step.training(new RngKey(9, n, 0))) {
        step.updateOnly(trained.variables().values());
        loss.compute(step, batch, new TrainingProgress(n, 0)).total().backward();
        optimizer.update(trained.parameters(), Gradients.of(step), optimizer.rate(), 0);
        step.commit();
      }
    }
  }

  private static Trainer<float[]> trainer(PointGan gan, int generatorEvery) {
    return Trainer.of(
            gan.discriminatorObjective().optimizer(Sgd.rate(5e-2)),
            gan.generatorObjective().optimizer(Adam.rate(2e-3)).every(generatorEvery))
        .batch(16)
        .seed(9)
        .workers(1) // as in a loop by hand, bit for bit
        .quiet();
  }

  @Test
  void laterObjectivesSeeTheUpdatesOfEarlierOnesAndTheSameNoise() {
    try (PointGan trained = new PointGan(1);
        PointGan expected = new PointGan(1)) {
      trainer(trained, 1).steps(30).fit(POINTS);
      new HandWritten(expected).run(30, () -> {});
      States.assertSame(States.of(expected), States.of(trained));
    }
  }

  @Test
  void anObjectiveRunsEveryNSteps() {
    try (PointGan trained = new PointGan(1);
        PointGan expected = new PointGan(1)) {
      List<StepReport> reports = new ArrayList<>();
      List<float[]> generators = new ArrayList<>();
      TrainingListener recorder =
          new TrainingListener() {
            @Override
            public void onStep(TrainingRun run, StepReport report) {
              reports.add(report);
              generators.add(trained.generator.parameters().get(0).toFloats());
            }
          };
      trainer(trained, 3).steps(10).listener(recorder).fit(POINTS);
      HandWritten loop = new HandWritten(expected);
      loop.generatorEvery = 3;
      loop.run(10, () -> {});
      States.assertSame(States.of(expected), States.of(trained));
      for (int n = 2; n <= 10; n++) {
        boolean changed = !Arrays.equals(generators.get(n - 2), generators.get(n - 1));
        assertEquals(n % 3 == 0, changed, "step " + n);
      }
      assertThrows(
          IllegalArgumentException.class, () -> reports.get(1).objective("generator").loss());
      for (StepReport report : reports) {
        LossReport first = report.objective("discriminator").loss();
        assertEquals(first.loss(), report.loss());
        assertEquals(first.terms(), report.terms());
        assertEquals(first.metric("realLogit"), report.metric("realLogit"));
      }
      assertEquals(
          reports.get(2).objective("generator").loss(),
          reports.get(3).objective("generator").loss());
      assertFalse(
          reports.get(3).objective("generator").equals(reports.get(5).objective("generator")));
    }
  }

  @Test
  void averagesOfBothParts() {
    try (PointGan trained = new PointGan(1);
        PointGan expected = new PointGan(1)) {
      Trainer<float[]> trainer = trainer(trained, 1).steps(12).averageWeights(0.75);
      trainer.fit(POINTS);
      List<Map<String, float[]>> history = new ArrayList<>();
      new HandWritten(expected).run(12, () -> history.add(States.of(expected)));
      trainer.averages().swap();
      Map<String, float[]> averages = States.of(trained);
      for (String name : averages.keySet()) {
        float[] average = new float[averages.get(name).length];
        for (int t = 1; t <= 12; t++) {
          double weight = 1 - Math.min(0.75, (t - 1.0) / t);
          for (int i = 0; i < average.length; i++) {
            average[i] += (float) (weight * (history.get(t - 1).get(name)[i] - average[i]));
          }
        }
        assertArrayEquals(average, averages.get(name), 1e-6f, name);
      }
    }
  }

  @Test
  void accumulationEqualsALargerBatch() {
    for (int parts : new int[] {2, 4}) {
      try (PointGan accumulated = new PointGan(1);
          PointGan whole = new PointGan(1)) {
        List<StepReport> reports = new ArrayList<>();
        for (PointGan gan : List.of(accumulated, whole)) {
          int batches = gan == accumulated ? parts : 1;
          Trainer.of(
                  gan.generatorObjective().optimizer(Sgd.rate(0.1)),
                  gan.discriminatorObjective().optimizer(Sgd.rate(0.1)))
              .batch(16 / batches)
              .accumulate(batches)
              .steps(12) // 12 of the 200 / 16 batches of an epoch, in which the order is the same
              .quiet()
              .listener(
                  new TrainingListener() {
                    @Override
                    public void onStep(TrainingRun run, StepReport report) {
                      reports.add(report);
                    }
                  })
              .fit(POINTS);
        }
        Map<String, float[]> expected = States.of(whole);
        States.of(accumulated)
            .forEach((name, values) -> assertArrayEquals(expected.get(name), values, 1e-5f, name));
        for (int i = 0; i < 12; i++) {
          for (String name : List.of("generator", "discriminator")) {
            ObjectiveReport a = reports.get(i).objective(name);
            ObjectiveReport b = reports.get(12 + i).objective(name);
            assertEquals(b.loss().loss(), a.loss().loss(), 1e-5, name);
            assertEquals(b.gradientNorm(), a.gradientNorm(), 1e-5, name);
          }
          LossReport metrics = reports.get(i).objective("discriminator").loss();
          LossReport wholeMetrics = reports.get(12 + i).objective("discriminator").loss();
          assertEquals(wholeMetrics.metric("realLogit"), metrics.metric("realLogit"), 1e-5);
        }
      }
    }
  }

  @Test
  void anEvaluationReadsTheDataOnce() {
    List<Integer> read = new ArrayList<>();
    Source<float[]> counted =
        new Source<>() {
          @Override
          public int size() {
            return 150;
          }

          @Override
          public float[] batch(int... places) {
            synchronized (read) {
              Arrays.stream(places).forEach(read::add);
            }
            return POINTS.batch(places);
          }
        };
    try (PointGan gan = new PointGan(1)) {
      Evaluation evaluation = Evaluation.of(gan, counted);
      assertEquals(IntStream.range(0, 150).boxed().toList(), read.stream().sorted().toList());
      Evaluation generator =
          Evaluation.of(gan.withObjectives(List.of(gan.generatorObjective())), counted);
      Evaluation discriminator =
          Evaluation.of(gan.withObjectives(List.of(gan.discriminatorObjective())), counted);
      assertEquals(
          List.of(generator.losses().get(0), discriminator.losses().get(0)), evaluation.losses());
      assertEquals(discriminator.metrics(), evaluation.metrics());
    }
  }

  @Test
  void learningRateFinderRestoresTheModel() {
    try (PointGan gan = new PointGan(1)) {
      Map<String, float[]> before = States.of(gan);
      LearningRateFinder<float[]> finder = LearningRateFinder.of(gan).batch(16).steps(40);
      LearningRateCurve generator = finder.range(1e-5, 1e-2).find(POINTS);
      States.assertSame(before, States.of(gan));
      LearningRateCurve discriminator = finder.objective("discriminator").find(POINTS);
      States.assertSame(before, States.of(gan));
      assertEquals(40, generator.points().size());
      assertEquals(0.75, generator.points().get(0).loss(), 0.2); // -log sigmoid(D) near D = 0
      assertEquals(1.4, discriminator.points().get(0).loss(), 0.2);
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> finder.objective("critic").find(POINTS)),
          "critic",
          "generator",
          "discriminator");
    }
  }

  @Test
  void learningRateFinderRunsEveryObjectiveInEveryStep() {
    try (PointGan gan = new PointGan(1)) {
      LearningRateFinder<float[]> often =
          LearningRateFinder.of(gan).batch(16).steps(40).range(1e-5, 1e-2);
      Trainable<float[]> withSeldomGenerator =
          gan.withObjectives(
              List.of(gan.generatorObjective().every(4), gan.discriminatorObjective()));
      LearningRateFinder<float[]> seldom =
          LearningRateFinder.of(withSeldomGenerator).batch(16).steps(40).range(1e-5, 1e-2);
      assertEquals(often.find(POINTS), seldom.find(POINTS));
      assertEquals(
          often.objective("discriminator").find(POINTS),
          seldom.objective("discriminator").find(POINTS));
      assertEquals(1e-2, seldom.find(POINTS).points().get(39).rate(), 1e-8);
    }
  }

  /** The variables of a GAN with another loss. */
  record Wrapped(PointGan gan, Objective.Loss<float[]> loss) implements Trainable<float[]> {
    @Override
    public Map<String, Variable> variables() {
      return gan.variables();
    }

    @Override
    public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
      return loss.compute(step, batch, progress);
    }
  }

  @Test
  void statisticsOfBothPasses() {
    try (PointGan gan = new PointGan(1)) {
      Map<String, float[]> before = States.of(gan);
      ModelStatistics statistics = ModelStatistics.of(gan, POINTS.range(0, 8));
      States.assertSame(before, States.of(gan));
      List<String> outputs = statistics.outputs().stream().map(ArrayStatistics::name).toList();
      assertTrue(outputs.contains("generator/generator.0"), outputs.toString());
      assertTrue(outputs.contains("generator/discriminator.2"), outputs.toString());
      assertTrue(outputs.contains("discriminator/discriminator.2"), outputs.toString());
      assertEquals(
          gan.variables().keySet().stream().toList(),
          statistics.gradients().stream().map(ArrayStatistics::name).toList());
      assertEquals(gan.variables().size(), statistics.weights().size());
    }
  }
}
