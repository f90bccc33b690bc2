package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.metrics.CodeUsage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Metrics and code usage of objectives that do not run in every step. */
class ObjectiveIntervalTest {
  @TempDir private Path folder;

  private static Trainer<float[]> trainer(PointGan gan, int every, long steps) {
    return Trainer.of(gan.discriminatorObjective(), gan.generatorObjective().every(every))
        .batch(8)
        .steps(steps)
        .quiet();
  }

  @Test
  void filesHaveNoValuesOfStepsInWhichAnObjectiveDidNotRun() throws IOException {
    List<StepReport> reports = new ArrayList<>();
    try (PointGan gan = new PointGan(1)) {
      trainer(gan, 3, 7)
          .listener(RunFolder.in(folder).metricsEvery(1))
          .listener(
              new TrainingListener() {
                @Override
                public void onStep(TrainingRun run, StepReport report) {
                  reports.add(report);
                }
              })
          .fit(PointGan.points(60, 1));
    }
    List<List<String>> rows = MetricsTableTest.read(folder.resolve("metrics.csv"));
    for (String name : List.of("loss", "learningRate", "gradientNorm")) {
      int column = rows.get(0).indexOf("train/generator/" + name);
      assertEquals(
          List.of(1, 2, 4, 5, 7),
          rows.stream()
              .skip(1)
              .filter(row -> row.get(column).isEmpty())
              .map(row -> Integer.parseInt(row.get(0)))
              .toList(),
          name);
    }
    int column = rows.get(0).indexOf("train/discriminator/loss");
    assertFalse(rows.stream().anyMatch(row -> row.get(column).isEmpty()));
    StepReport last = reports.get(6);
    assertEquals(6, last.objective("generator").step());
    assertEquals(7, last.objective("discriminator").step());
    assertEquals(
        String.valueOf((float) last.objective("generator").loss().loss()),
        rows.get(6).get(rows.get(0).indexOf("train/generator/loss")));
    JsonObject metrics =
        JsonParser.parseString(Files.readString(folder.resolve("metrics.json"))).getAsJsonObject();
    assertEquals(
        last.objective("generator").loss().loss(),
        metrics.get("train/generator/loss").getAsDouble(),
        1e-12,
        "the final metrics are the last known ones");
  }

  @Test
  void anObjectiveThatIsNeverTrainedIsWarnedOf() {
    for (int every : new int[] {4, 100}) {
      try (PointGan gan = new PointGan(1);
          CapturedLog log = new CapturedLog(Trainer.class)) {
        trainer(gan, every, 4).fit(PointGan.points(60, 1));
        assertEquals(
            every == 4
                ? List.of()
                : List.of(
                    "Objective generator runs every 100 steps, but the run has 4: it is never"
                        + " trained."),
            log.warnings());
      }
    }
  }

  private static StepReport report(long step, List<CodebookUsage> usage) {
    LossReport loss = new LossReport("", List.of(new TermReport("error", 1, 1)), List.of());
    return new StepReport(
        step, 500, List.of(new ObjectiveReport(step, loss, 1, 1)), usage, usage, 1);
  }

  @Test
  void usageIsThatOfTheLastStepsEvenIfACodebookWasNotUsedInThem() {
    List<CodebookUsage> once =
        List.of(new CodebookUsage("fine", CodeUsage.of(new int[] {0, 1, 2}, 5)));
    CodebookMonitor monitor = new CodebookMonitor(CodebookMonitorConfig.DEFAULT.window(7));
    List<Integer> monitored = new ArrayList<>();
    for (long step = 1; step <= 9; step++) {
      monitor.onStep(null, report(step, step == 2 ? once : List.of()));
      if (step >= 2) {
        monitored.add(monitor.report("fine").usage().codesInUse());
      }
    }
    assertEquals(List.of(3, 3, 3, 3, 3, 3, 3, 0), monitored);

    List<Integer> inUse = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            inUse.add(
                report.windowUsage().stream()
                    .collect(Collectors.summingInt(usage -> usage.usage().codesInUse())));
            assertEquals(report.step() == 2 ? 1 : 0, report.batchUsage().size());
          }
        };
    try (PointGan gan = new PointGan(1)) {
      CustomLoops.execute(
          gan,
          103,
          List.of(listener),
          (n, loss) -> n == 2 ? loss.withUsage("fine", once.get(0).usage()) : loss);
    }
    assertEquals(0, inUse.get(0));
    assertEquals(List.of(3, 3), inUse.subList(1, 3));
    assertEquals(3, inUse.get(100), "step 101 is the last of 100 steps with step 2");
    assertEquals(0, inUse.get(101));
  }
}
