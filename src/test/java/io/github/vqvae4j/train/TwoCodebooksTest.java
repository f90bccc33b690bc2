package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.quantize.Quantized;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A user's model with two codebooks: reports, and a monitor that names the right one. */
class TwoCodebooksTest {
  private static final Source<float[]> POINTS = PointGan.points(100, 1);

  /** Quantizes points twice; the latents of the second codebook do not depend on the point. */
  private static final class Hierarchy extends Block implements Trainable<float[]> {
    private final VectorQuantizer top =
        child(
            "top",
            new VectorQuantizer(VectorQuantizer.ema(6, 2).init(Initialization.NORMAL), new Rng(1)));
    private final VectorQuantizer bottom =
        child(
            "bottom",
            new VectorQuantizer(
                VectorQuantizer.ema(20, 2).init(Initialization.NORMAL).deadCodeThreshold(0),
                new Rng(2)));
    private final Linear decoder = child("decoder", new Linear(4, 2, new Rng(3)));

    @Override
    public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
      Tensor points = PointGan.tensor(step, batch);
      Quantized coarse = top.quantize(points);
      Quantized fine = bottom.quantize(points.mul(0).add(0.1));
      Tensor both = Tensor.concat(1, List.of(coarse.quantized(), fine.quantized()));
      return BatchLoss.of("error", decoder.forward(both).meanSquaredError(points))
          .withTerms("top", coarse.terms())
          .withTerms("bottom", fine.terms())
          .withUsage("top", coarse.usage().get(0))
          .withUsage("bottom", fine.usage().get(0));
    }
  }

  private final Hierarchy model = new Hierarchy();

  @AfterEach
  void close() {
    model.close();
  }

  @Test
  void usageOfBothIsReported() {
    List<StepReport> reports = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            reports.add(report);
          }
        };
    TrainingReport report =
        Trainer.of(model)
            .batch(10)
            .accumulate(2)
            .steps(110)
            .evaluate(POINTS, 110)
            .listener(recorder)
            .quiet()
            .fit(POINTS);
    StepReport last = report.last();
    assertEquals(List.of("top", "bottom"), names(last.batchUsage()));
    assertEquals(List.of("top", "bottom"), names(last.windowUsage()));
    for (int codebook = 0; codebook < 2; codebook++) {
      CodeUsage window = CodeUsage.empty(codebook == 0 ? 6 : 20);
      for (StepReport step : reports.subList(10, 110)) {
        CodeUsage batch = step.batchUsage().get(codebook).usage();
        assertEquals(20, Arrays.stream(batch.counts()).sum(), "both accumulated batches");
        window = window.plus(batch);
      }
      long[] expected = window.counts();
      assertEquals(
          Arrays.toString(expected),
          Arrays.toString(last.windowUsage().get(codebook).usage().counts()));
    }
    Evaluation evaluation = report.evaluations().get(0);
    assertEquals(1, CodebookReport.of(evaluation, "bottom").usage().codesInUse());
    assertTrue(CodebookReport.of(evaluation, "top").usage().codesInUse() > 1);
    assertEquals(
        Math.sqrt(evaluation.term("top/commitment")),
        CodebookReport.of(evaluation, "top").quantizationError(),
        1e-9);
    assertEquals("top", CodebookReport.of(evaluation).name());
    assertTrue(
        CodebookReport.of(evaluation, "bottom").toString().startsWith("bottom: 1 of 20 codes"),
        CodebookReport.of(evaluation, "bottom").toString());
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> CodebookReport.of(evaluation, "middle")),
        "[top, bottom]",
        "middle");
    assertTrue(report.toString().contains("top perplexity"), report.toString());
    assertTrue(report.toString().contains("bottom perplexity"), report.toString());
  }

  private static List<String> names(List<CodebookUsage> usage) {
    return usage.stream().map(CodebookUsage::name).toList();
  }

  @Test
  void theMonitorWarnsForTheCollapsedOne() {
    CodebookMonitor monitor =
        new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(10).warmUp(10));
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      Trainer.of(model).batch(20).steps(40).listener(monitor).quiet().fit(POINTS);
      assertEquals(1, log.warnings().size(), log.warnings().toString());
      String warning = log.warnings().get(0);
      assertTrue(warning.startsWith("Step 10: codebook bottom collapse"), warning);
      assertTrue(warning.contains("1 of 20 codes") && !warning.contains("top "), warning);
    }
    assertTrue(monitor.report().usage().codesInUse() > 1, "the first codebook is the top one");
    assertTrue(monitor.report().toString().startsWith("top: "), monitor.report().toString());
    assertEquals(6, monitor.report("top").usage().codebookSize());
    assertEquals(1, monitor.report("bottom").usage().codesInUse());
    assertEquals(19, monitor.report("bottom").deadCodes());
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> monitor.report("middle")),
        "[top, bottom]",
        "middle");
  }

  /** Returns a report of two objectives, the second of which has a codebook. */
  private static StepReport ganStep(long step, double error, double commitment) {
    LossReport adversarial =
        new LossReport("adversarial", List.of(new TermReport("fooled", 1, 1)), List.of());
    LossReport coder =
        new LossReport(
            "coder",
            List.of(
                new TermReport("error", error, 1),
                new TermReport("commitment", 7, 1),
                new TermReport("fine/commitment", commitment, 1)),
            List.of());
    CodebookUsage usage = new CodebookUsage("fine", CodeUsage.of(new int[] {0, 1, 2, 3}, 4));
    return new StepReport(
        step,
        100,
        List.of(
            new ObjectiveReport(step, adversarial, 1, 1), new ObjectiveReport(step, coder, 1, 1)),
        List.of(usage),
        List.of(usage),
        1);
  }

  @Test
  void commitmentOfTheSecondObjectiveIsMonitored() {
    CodebookMonitor monitor =
        new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(5).warmUp(5));
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      for (int step = 1; step <= 40; step++) {
        monitor.onStep(null, ganStep(step, 1.0 / step, 0.25 * step));
      }
      assertEquals(1, log.warnings().size(), log.warnings().toString());
      assertTrue(
          log.warnings().get(0).contains("commitment loss of the codebook fine is growing"),
          log.warnings().get(0));
      assertEquals("", monitor.report().name(), "the only codebook");
    }
    double mean = 0.25 * (36 + 37 + 38 + 39 + 40) / 5;
    assertEquals(Math.sqrt(mean), monitor.report("fine").quantizationError(), 1e-9);
  }
}
