package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One RunFolder in two runs at the same time: the second is rejected, the first goes on. */
@Timeout(120)
class RunFolderTwiceTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);

  @TempDir private Path folder;

  private static void assertRejected(RuntimeException e) {
    assertMessageContains(
        e, "RunFolder: expected one run at a time", "create a RunFolder for each run");
  }

  private void assertComplete(RunFolder run, TrainingReport report, Path path) throws IOException {
    assertEquals(path, run.path());
    assertEquals(3, report.last().step());
    assertTrue(run.failure().isEmpty());
    assertEquals(4, Files.readAllLines(path.resolve("metrics.csv")).size());
    assertTrue(Files.exists(path.resolve("metrics.json")));
    assertTrue(run.modelFile().isPresent());
  }

  @Test
  void aNestedRun() throws IOException {
    RunFolder run = RunFolder.in(folder).metricsEvery(1);
    try (VqVae outer = Shapes.model(1, 3);
        VqVae inner = Shapes.model(1, 4)) {
      TrainingReport report =
          Trainer.of(outer)
              .batch(16)
              .steps(3)
              .quiet()
              .listener(run)
              .listener(
                  Runs.afterStep(
                      2,
                      training ->
                          assertRejected(
                              assertThrows(
                                  IllegalStateException.class,
                                  () ->
                                      Trainer.of(inner)
                                          .batch(16)
                                          .steps(2)
                                          .quiet()
                                          .listener(run)
                                          .fit(TRAIN)))))
              .fit(TRAIN);
      assertComplete(run, report, folder);
      try (VqVae saved = VqVae.load(run.modelFile().orElseThrow())) {
        States.assertSame(States.of(outer), States.of(saved));
      }
    }
  }

  @Test
  void aRunInAnotherThread() throws IOException {
    RunFolder run = RunFolder.in(folder).metricsEvery(1);
    try (VqVae first = Shapes.model(1, 3);
        VqVae second = Shapes.model(1, 4)) {
      Runnable other =
          () ->
              CompletableFuture.runAsync(
                      () -> Trainer.of(second).batch(16).steps(2).quiet().listener(run).fit(TRAIN))
                  .join();
      TrainingReport report =
          Trainer.of(first)
              .batch(16)
              .steps(3)
              .quiet()
              .listener(run)
              .listener(
                  Runs.afterStep(
                      1,
                      training -> {
                        CompletionException e = assertThrows(CompletionException.class, other::run);
                        assertRejected((IllegalStateException) e.getCause());
                      }))
              .fit(TRAIN);
      assertComplete(run, report, folder);
      other.run();
      assertEquals(Path.of(folder + "-2"), run.path(), "after the run, the folder is free again");
    }
  }

  @Test
  void intervalsOfAnyLength() throws IOException {
    Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
    try (VqVae model = Shapes.model(1, 3);
        CapturedLog log = new CapturedLog(ProgressLog.class)) {
      TrainingReport report =
          Trainer.of(model)
              .batch(16)
              .steps(3)
              .maxTime(forever)
              .listener(new ProgressLog(forever))
              .listener(RunFolder.in(folder).modelEvery(forever).metricsEvery(1))
              .fit(TRAIN);
      assertEquals(StopReason.MAX_STEPS, report.stopReason());
      assertTrue(log.all().stream().anyMatch(line -> line.startsWith("step 1/3")));
      assertTrue(log.all().stream().noneMatch(line -> line.startsWith("step 2/3")));
    }
    assertEquals(Long.MAX_VALUE, Durations.nanos(forever));
    assertEquals(Long.MAX_VALUE, Durations.nanos(Duration.ofNanos(Long.MAX_VALUE)));
    assertEquals(1_500_000_001L, Durations.nanos(Duration.ofNanos(1_500_000_001L)));
    assertEquals(Duration.ofNanos(1_500_000_001L), Durations.ofSeconds(1.500_000_001));
    assertEquals(Duration.ofSeconds(Long.MAX_VALUE), Durations.ofSeconds(Long.MAX_VALUE));
    assertEquals(Duration.ofSeconds(Long.MAX_VALUE), Durations.ofSeconds(1e300));
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> new ProgressLog(Duration.ofNanos(-1))),
        "ProgressLog: expected an interval of at least 0");
  }
}
