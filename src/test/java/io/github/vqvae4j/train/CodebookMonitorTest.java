package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CodebookMonitorTest {
  private static final int K = 40;
  private static final int D = 4;
  private static final Dataset IMAGES = Shapes.rectangles(200, 8, 1, 1);
  private static final CodebookMonitorConfig EARLY = CodebookMonitorConfig.DEFAULT.warmUp(0);

  private static VqVae model(VectorQuantizerConfig quantizer) {
    return Shapes.model(1, 3, quantizer);
  }

  private static Trainer<ImageBatch> trainer(VqVae model, int steps) {
    return Trainer.of(model).optimizer(Adam.rate(2e-3)).batch(16).steps(steps);
  }

  @Test
  void codebookCollapseIsReportedOnce() {
    // Codes are never updated, and all but a few are too far away to be used.
    VectorQuantizerConfig stuck =
        VectorQuantizer.gradient(400, D)
            .init(Initialization.NORMAL)
            .codebookWeight(0)
            .commitmentWeight(10)
            .deadCodeThreshold(0);
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class);
        VqVae model = model(stuck)) {
      CodebookMonitor monitor = new CodebookMonitor(EARLY.window(20).growth(1e9));
      trainer(model, 60).listener(monitor).fit(IMAGES);
      assertEquals(1, log.warnings().size(), log.warnings()::toString);
      String warning = log.warnings().get(0);
      assertTrue(warning.startsWith("Step 20: codebook collapse: "), warning);
      for (String text :
          List.of(" of 400 codes in use", "over the last 20 steps", "at least 10.0%")) {
        assertTrue(warning.contains(text), warning);
      }
      for (String remedy : List.of("K_MEANS", "deadCodeThreshold", "VectorQuantizer.ema")) {
        assertTrue(warning.contains(remedy), warning);
      }
      assertTrue(monitor.report().usage().codesInUse() < 40, monitor.report()::toString);
    }
  }

  @Test
  void healthyRunProducesNoWarnings() {
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class);
        VqVae model = model(VectorQuantizer.ema(K, D))) {
      List<StepReport> reports = new ArrayList<>();
      TrainingListener keep =
          new TrainingListener() {
            @Override
            public void onStep(TrainingRun run, StepReport report) {
              reports.add(report);
            }
          };
      CodebookMonitor monitor =
          new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(30).warmUp(100));
      trainer(model, 200).listener(monitor).listener(keep).fit(IMAGES);
      assertEquals(List.of(), log.warnings());
      CodeUsage usage = CodeUsage.empty(K);
      double commitment = 0;
      for (StepReport report : reports.subList(170, 200)) {
        usage = usage.plus(report.batchUsage().get(0).usage());
        commitment += report.term("commitment") / 30;
      }
      assertArrayEquals(usage.counts(), monitor.report().usage().counts());
      assertEquals(Math.sqrt(commitment), monitor.report().quantizationError(), 1e-9);
    }
  }

  /** Reports steps that use the first {@code codes} codes. */
  private static void usage(CodebookMonitor monitor, int start, int end, int codes) {
    int[] used = IntStream.range(0, K).map(i -> i % codes).toArray();
    for (int step = start; step <= end; step++) {
      monitor.onStep(null, report(step, CodeUsage.of(used, K), 1, 0.1));
    }
  }

  private static StepReport report(
      int step, CodeUsage usage, double reconstruction, double commitment) {
    List<TermReport> terms =
        List.of(
            new TermReport("reconstruction", reconstruction, 1),
            new TermReport("commitment", commitment, 0.25));
    return report(step, terms, usage);
  }

  private static StepReport report(int step, List<TermReport> terms, CodeUsage usage) {
    LossReport loss = new LossReport("", terms, List.of());
    List<CodebookUsage> usages = List.of(new CodebookUsage(CodebookUsage.CODEBOOK, usage));
    return new StepReport(
        step, 1_000, List.of(new ObjectiveReport(step, loss, 1e-3, 0)), usages, usages, 100);
  }

  @Test
  void eachCollapseIsReportedOnce() {
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      CodebookMonitor monitor = new CodebookMonitor(EARLY.window(10));
      usage(monitor, 1, 9, 3);
      assertEquals(0, log.warnings().size(), "window not full yet");
      usage(monitor, 10, 30, 3);
      assertEquals(1, log.warnings().size());
      usage(monitor, 31, 40, 4);
      assertEquals(1, log.warnings().size(), "just enough");
      usage(monitor, 41, 49, 3);
      assertEquals(1, log.warnings().size(), "the window still contains a step with enough codes");
      usage(monitor, 50, 60, 3);
      assertEquals(2, log.warnings().size());
      assertTrue(log.warnings().get(1).startsWith("Step 50: "), log.warnings().get(1));
      assertEquals(37, monitor.report().deadCodes());
    }
  }

  @Test
  void noWarningsDuringWarmUpOrWithTooFewLatents() {
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      usage(new CodebookMonitor(EARLY.window(10).warmUp(31)), 1, 30, 1);
      CodebookMonitor few = new CodebookMonitor(EARLY.window(10));
      for (int step = 1; step <= 50; step++) {
        few.onStep(null, report(step, CodeUsage.of(new int[] {0, 0, 0}, K), 1, 0.1));
      }
      usage(new CodebookMonitor(EARLY.window(10).minUsage(0)), 1, 30, 1);
      assertEquals(List.of(), log.warnings());
      usage(new CodebookMonitor(EARLY.window(10).warmUp(31)), 1, 31, 1);
      assertEquals(1, log.warnings().size());
    }
  }

  /** Reports steps in which all codes are used. */
  private static void terms(
      CodebookMonitor monitor, int start, int end, double reconstruction, double commitment) {
    CodeUsage all = CodeUsage.of(IntStream.range(0, K).toArray(), K);
    for (int step = start; step <= end; step++) {
      monitor.onStep(null, report(step, all, reconstruction, commitment));
    }
  }

  @Test
  void growingCommitmentIsReportedOncePerEpisode() {
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      CodebookMonitor monitor = new CodebookMonitor(EARLY.window(10));
      terms(monitor, 1, 10, 1, 0.3);
      terms(monitor, 11, 20, 0.9, 0.1);
      terms(monitor, 21, 40, 0.8, 0.19);
      assertEquals(0, log.warnings().size(), "not doubled");
      terms(monitor, 41, 60, 0.7, 0.22);
      assertEquals(1, log.warnings().size());
      String warning = log.warnings().get(0);
      assertTrue(
          warning.startsWith(
              "Step 44: commitment loss of the codebook is growing while reconstruction improves: "),
          warning);
      for (String text :
          List.of("mean 0.202 over the last 10 steps", "up from 0.100 at step 20.")) {
        assertTrue(warning.contains(text), warning);
      }
      for (String remedy : List.of("commitmentWeight", "learning rate", "decay", "alpha")) {
        assertTrue(warning.contains(remedy), warning);
      }
      terms(monitor, 61, 80, 0.7, 0.15);
      terms(monitor, 81, 100, 0.7, 0.25);
      assertEquals(2, log.warnings().size());
      assertEquals(0.5, monitor.report().quantizationError(), 1e-9);
    }
  }

  @Test
  void commitmentGrowingWithReconstructionErrorIsNotReported() {
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      CodebookMonitor monitor = new CodebookMonitor(EARLY.window(10));
      terms(monitor, 1, 10, 1, 0.1);
      terms(monitor, 11, 40, 1.1, 0.5);
      assertEquals(List.of(), log.warnings());
    }
  }

  @Test
  void runawayCommitmentIsReportedDuringWarmUpAndWithAnyReconstructionError() {
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      CodebookMonitor monitor = new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(10));
      terms(monitor, 1, 20, 1, 0.1);
      terms(monitor, 21, 40, 2, 4.99);
      assertEquals(List.of(), log.warnings());
      terms(monitor, 41, 60, 3, 5.2);
      assertEquals(1, log.warnings().size());
      String warning = log.warnings().get(0);
      assertTrue(
          warning.startsWith("Step 41: commitment loss of the codebook is growing: mean "),
          warning);
      assertTrue(warning.contains("up from 0.100 at step 10."), warning);
    }
  }

  @Test
  void zeroCommitmentIsNotReported() {
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      CodebookMonitor monitor = new CodebookMonitor(EARLY.window(10));
      terms(monitor, 1, 10, 1, 0);
      terms(monitor, 11, 40, 0.5, 0);
      assertEquals(List.of(), log.warnings());
    }
  }

  @Test
  void onlyUsageIsMonitoredWithoutCommitmentTerm() {
    CodebookMonitor monitor = new CodebookMonitor(EARLY.window(1));
    CodeUsage usage = CodeUsage.of(new int[K], K);
    List<TermReport> terms = List.of(new TermReport("reconstruction", 1, 1));
    try (CapturedLog log = new CapturedLog(CodebookMonitor.class)) {
      monitor.onStep(null, report(1, terms, usage));
      assertEquals(1, log.warnings().size());
    }
    assertEquals(Double.NaN, monitor.report().quantizationError());
  }

  @Test
  void dataSetReportMatchesPerLatentComputation() {
    try (VqVae model = model(VectorQuantizer.ema(K, D))) {
      trainer(model, 20).fit(IMAGES);
      Dataset some = IMAGES.range(0, 70);
      CodebookReport report = CodebookReport.of(Evaluation.of(model, some));
      double sum = 0;
      int[] codes = model.encode(some).values();
      float[] codebook = ((VectorQuantizer) model.quantizer()).codebook();
      try (Step step = Step.inference()) {
        Tensor images = step.tensor(some.pixels(0, 70), 70, 8, 8, 1);
        float[] vectors = model.encoderOutput(images).toFloats();
        for (int i = 0; i < vectors.length; i++) {
          sum += Math.pow(vectors[i] - codebook[codes[i / D] * D + i % D], 2);
        }
      }
      assertEquals(Math.sqrt(sum / (D * codes.length)), report.quantizationError(), 1e-5);
      CodeUsage usage = CodeUsage.of(codes, K);
      assertArrayEquals(usage.counts(), report.usage().counts());
      assertEquals(K - usage.codesInUse(), report.deadCodes());
    }
  }

  @Test
  void reportSortsCountsAndPrints() {
    CodebookReport report =
        new CodebookReport("", CodeUsage.of(new int[] {1, 3, 3, 3, 1, 0}, 5), 0.5);
    assertArrayEquals(new long[] {3, 2, 1, 0, 0}, report.sortedCounts());
    assertEquals(2, report.deadCodes());
    assertEquals(
        "3 of 5 codes in use, perplexity 2.7, 2 dead, RMS quantization error 0.5000",
        report.toString());
  }

  @Test
  void invalidSettingsAreRejected() {
    CodebookMonitorConfig config = CodebookMonitorConfig.DEFAULT;
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.window(0)),
        "CodebookMonitorConfig.window: expected at least 1 step, got 0.");
    assertThrows(IllegalArgumentException.class, () -> config.warmUp(-1));
    assertThrows(IllegalArgumentException.class, () -> config.minUsage(1.1));
    assertThrows(IllegalArgumentException.class, () -> config.minUsage(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> config.growth(1));
  }
}
