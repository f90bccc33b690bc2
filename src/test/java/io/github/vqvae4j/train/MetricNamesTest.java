package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/** Names of terms, metrics and codebooks that would replace others in files are rejected. */
class MetricNamesTest {
  private static final CodeUsage USAGE = CodeUsage.of(new int[] {0, 1}, 3);

  private static void withScalar(Consumer<Tensor> action) {
    try (Step step = Step.training(new RngKey(1, 1, 0))) {
      action.accept(step.tensor(new float[] {2}, 1).mean());
    }
  }

  private static void assertRejected(String name, Runnable action) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, action::run, name);
    assertMessageContains(e, "BatchLoss: expected names", "got \"" + name + "\"");
  }

  @Test
  void namesOfReportsAreRejected() {
    withScalar(
        value -> {
          for (String name : List.of("", "learningRate", "gradientNorm")) {
            assertRejected(name, () -> BatchLoss.of(name, value));
          }
          BatchLoss loss = BatchLoss.of("error", value);
          for (String name : List.of("", "loss", "learningRate", "gradientNorm")) {
            assertRejected(name, () -> loss.withMetric(name, 1));
          }
          assertRejected("", () -> loss.withUsage("", USAGE));
        });
  }

  @Test
  void aTermCalledLossIsTheOnlyOneWithWeightOne() {
    withScalar(
        value -> {
          LossTerm term = new LossTerm("loss", value, 1);
          assertEquals(2, BatchLoss.of(List.of(term)).terms().get(0).value().item());
          LossTerm other = new LossTerm("kl", value, 1);
          assertRejected("loss", () -> BatchLoss.of(List.of(term, other)));
          assertRejected("loss", () -> BatchLoss.of(List.of(other, term)));
          assertRejected("loss", () -> BatchLoss.of(List.of(new LossTerm("loss", value, 0.5))));
        });
  }

  private static List<StepReport> run(UnaryOperator<BatchLoss> change) {
    List<StepReport> reports = new ArrayList<>();
    try (PointGan gan = new PointGan(1)) {
      CustomLoops.execute(
          gan,
          2,
          List.of(
              new TrainingListener() {
                @Override
                public void onStep(TrainingRun run, StepReport report) {
                  reports.add(report);
                }
              }),
          (n, loss) -> change.apply(loss));
    }
    return reports;
  }

  @Test
  void aCodebookDoesNotHideATerm() {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> run(loss -> loss.withMetric("perplexity", 3).withUsage("train", USAGE)));
    assertMessageContains(e, "\"train/perplexity\"", "Rename");
    List<StepReport> reports = run(loss -> loss.withUsage("train", USAGE));
    assertTrue(
        MetricNames.of(reports.get(1)).stream()
            .anyMatch(metric -> metric.name().equals("train/perplexity")));
  }

  @Test
  void namesOfLaterStepsAreCheckedToo() {
    try (PointGan gan = new PointGan(1)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  CustomLoops.execute(
                      gan,
                      3,
                      List.of(),
                      (n, loss) ->
                          n == 2 ? loss.withMetric("usage", 3).withUsage("train", USAGE) : loss));
      assertMessageContains(e, "\"train/usage\"");
    }
  }

  @Test
  void evaluationsAreCheckedToo() {
    LossReport loss = new LossReport("", List.of(new TermReport("psnr", 2, 1)), List.of());
    Evaluation clash = new Evaluation(0, List.of(loss), List.of(new Metric("psnr", 1)), List.of());
    try (PointGan gan = new PointGan(1)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  TrainingRun.execute(
                      gan,
                      1,
                      List.of(),
                      run -> {
                        CustomLoops.report(run, 1, (n, batch) -> batch);
                        run.reportEvaluation(clash);
                      }));
      assertMessageContains(e, "\"validation/psnr\"");
    }
    LossReport means = new LossReport("", loss.terms(), List.of(new Metric("accuracy", 0.25)));
    Evaluation own =
        new Evaluation(0, List.of(means), List.of(new Metric("accuracy", 0.5)), List.of());
    assertEquals(
        List.of(
            new Metric("validation/loss", 2),
            new Metric("validation/psnr", 2),
            new Metric("validation/accuracy", 0.5)),
        MetricNames.of(own),
        "metrics of the evaluation are the final ones");
  }
}
