package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A loss term or metric has the same name in reports, evaluations and files. */
class QualifiedMetricsTest {
  private static final Source<float[]> POINTS = PointGan.points(70, 1);

  private final PointGan gan = new PointGan(1);

  @AfterEach
  void close() {
    gan.close();
  }

  private TrainingReport train(Trainable<float[]> model) {
    return Trainer.of(model).batch(10).steps(3).evaluate(POINTS, 3).quiet().fit(POINTS);
  }

  @Test
  void namesOfAnyObjective() {
    Objective<float[]> generator =
        Objective.of(
            "generator",
            (step, batch, progress) ->
                gan.generatorLoss(step, batch, progress).withMetric("realLogit", 7),
            gan.generator);
    TrainingReport report =
        train(gan.withObjectives(List.of(generator, gan.discriminatorObjective())));
    StepReport last = report.last();
    Evaluation evaluation = report.evaluations().get(0);
    double logit = last.objective("discriminator").loss().metric("realLogit");
    assertTrue(logit != 7);
    assertEquals(logit, last.metric("discriminator/realLogit"));
    assertEquals(7, last.metric("generator/realLogit"));
    assertEquals(7, last.metric("realLogit"), "of the first objective");
    assertEquals(last.term("fooled"), last.term("generator/fooled"));
    assertEquals(
        last.objective("discriminator").loss().term("told apart"),
        last.term("discriminator/told apart"));

    LossReport discriminator = evaluation.objective("discriminator");
    assertEquals(discriminator.metric("realLogit"), evaluation.metric("discriminator/realLogit"));
    assertEquals(discriminator.term("told apart"), evaluation.term("discriminator/told apart"));
    assertEquals(7, evaluation.metric("realLogit"), 1e-9);
    assertEquals(evaluation.term("fooled"), evaluation.term("generator/fooled"));

    List<String> training = MetricNames.of(last).stream().map(Metric::name).toList();
    List<String> validation = MetricNames.of(evaluation).stream().map(Metric::name).toList();
    for (String name : List.of("generator/fooled", "discriminator/realLogit")) {
      assertTrue(training.contains("train/" + name), training.toString());
      assertEquals(1, validation.stream().filter(("validation/" + name)::equals).count());
    }
  }

  @Test
  void trainingAndHeldOutLinesPrintAlike() {
    TrainingReport report = train(gan);
    String names = "generator: fooled #  discriminator: told apart #  realLogit #";
    assertEquals(names, withoutNumbers(report.evaluations().get(0).toString()));
    assertTrue(
        withoutNumbers(report.last().toString()).contains("  " + names + "  "),
        report.last().toString());
  }

  private static String withoutNumbers(String line) {
    return line.replaceAll("-?[0-9.]+(e-?[0-9]+)?", "#");
  }

  @Test
  void errorsListQualifiedNames() {
    TrainingReport report = train(gan);
    Evaluation evaluation = report.evaluations().get(0);
    for (String name : List.of("realLogit", "discriminator/real", "")) {
      for (Runnable call :
          List.<Runnable>of(() -> report.last().metric(name), () -> evaluation.metric(name))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, call::run),
            "expected one of the metrics [discriminator/realLogit], got \"" + name + "\"");
      }
      for (Runnable call :
          List.<Runnable>of(() -> report.last().term(name), () -> evaluation.term(name))) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, call::run),
            "[generator/fooled, discriminator/told apart], got \"" + name + "\"");
      }
    }
  }

  /** A model that replaces a metric, adds one and drops one. */
  private static final class Own implements Trainable<float[]> {
    private final PointGan gan;

    Own(PointGan gan) {
      this.gan = gan;
    }

    @Override
    public Map<String, Variable> variables() {
      return gan.variables();
    }

    @Override
    public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
      return gan.generatorLoss(step, batch, progress)
          .withMetric("squared", new Rng(1).nextDouble())
          .withMetric("dropped", 1);
    }

    @Override
    public List<Metric> evaluationMetrics(List<Metric> means, Source<float[]> data) {
      List<Metric> all = new ArrayList<>();
      all.add(new Metric("squared", 4));
      all.add(new Metric("root", 2));
      return all;
    }
  }

  @Test
  void metricsOfTheModelAreThoseOfItsObjective() {
    Evaluation evaluation = train(new Own(gan)).evaluations().get(0);
    assertEquals(4, evaluation.metric("squared"));
    assertEquals(List.of(new Metric("squared", 4)), evaluation.objective("").metrics());
    assertEquals("fooled #  squared #  root #", withoutNumbers(evaluation.toString()));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> evaluation.metric("dropped")),
        "[squared, root]");
  }
}
