package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on a slow file system are written in the background. */
@Timeout(60)
class CheckpointQueueTest {
  private static final long SLOW = 400;

  @TempDir Path runs;
  private final CheckpointQueue queue = new CheckpointQueue();
  private final List<String> events = new CopyOnWriteArrayList<>();

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  /** Returns a write that takes some time, and records its thread. */
  private CheckpointWriter.Snapshot write(String name, long millis) {
    return () -> {
      events.add(name + " starts in " + Thread.currentThread().getName());
      Numbers.sleep(millis);
      events.add(name + " ends");
    };
  }

  @Test
  void slowWritesDoNotBlockTraining() throws IOException {
    String here = Thread.currentThread().getName();
    queue.write(write("a", SLOW));
    assertEquals(List.of("a starts in " + here, "a ends"), events);
    long start = System.nanoTime();
    queue.write(write("b", SLOW));
    assertTrue(System.nanoTime() - start < SLOW * 1_000_000, "did not wait");
    queue.write(write("c", SLOW));
    assertEquals("b ends", events.get(3), "one at a time");
    queue.await();
    assertEquals(
        List.of(
            "a starts in " + here,
            "a ends",
            "b starts in vqvae4j-checkpoint",
            "b ends",
            "c starts in vqvae4j-checkpoint",
            "c ends"),
        events);
  }

  @Test
  void fastWritesStayInTheTrainingThread() throws IOException {
    queue.write(write("a", 0));
    Numbers.sleep(2_000);
    queue.write(write("b", 0));
    assertEquals("b starts in " + Thread.currentThread().getName(), events.get(2));
  }

  @Test
  void failuresInTheBackgroundAreThrownOnce() throws IOException {
    IOException full = new IOException("full");
    IllegalStateException bug = new IllegalStateException("bug");
    queue.write(write("a", SLOW));
    queue.check();
    queue.write(
        () -> {
          Numbers.sleep(SLOW);
          throw full;
        });
    queue.check();
    assertSame(full, assertThrows(IOException.class, queue::await));
    queue.await();
    queue.write(
        () -> {
          throw bug;
        });
    Numbers.sleep(SLOW);
    assertSame(bug, assertThrows(IllegalStateException.class, queue::check));
    queue.check();
    queue.write(
        () -> {
          throw full;
        });
    assertSame(full, assertThrows(IOException.class, () -> queue.write(write("b", 0))));
    assertEquals(2, events.size());
  }

  @Test
  void interruptedThreadsWait() throws IOException {
    queue.write(write("a", SLOW));
    queue.write(write("b", SLOW));
    Thread.currentThread().interrupt();
    queue.await();
    assertEquals("b ends", events.get(3));
    assertTrue(Thread.interrupted());
  }

  /** A state whose file is written slowly; some writes fail. */
  private final class SlowState implements CheckpointWriter {
    private final int failing;
    private int writes;

    SlowState(int failing) {
      this.failing = failing;
    }

    @Override
    public boolean isIntact() {
      return true;
    }

    @Override
    public long bestStep() {
      return 0;
    }

    @Override
    public Snapshot snapshot(Path file) {
      return () -> {
        Numbers.sleep(SLOW);
        if (++writes == failing) {
          throw new IOException("slow and full");
        }
        events.add(file.getFileName().toString());
      };
    }
  }

  /** Reports some steps to a run folder. */
  private TrainingReport run(RunFolder files, SlowState state, int steps, RuntimeException end) {
    try (Numbers model = new Numbers()) {
      return TrainingRun.run(
          model,
          TrainingSettings.custom(steps),
          List.of(files.modelEvery(Duration.ZERO)),
          new RunHistory(),
          state,
          run -> {
            for (int step = 1; step <= steps; step++) {
              run.startStep();
              LossReport loss =
                  new LossReport("", List.of(new TermReport("error", 1, 1)), List.of());
              run.endStep(1, List.of(new ObjectiveReport(step, loss, 1, 1)), List.of());
              run.notifyStepEnd();
            }
            if (end != null) {
              throw end;
            }
            return run.report(StopReason.MAX_STEPS, Optional.empty(), steps, 0, 0, 0);
          });
    }
  }

  @Test
  void theEndOfARunWaits() throws IOException {
    run(RunFolder.create(runs, "a"), new SlowState(0), 3, null);
    assertEquals(List.of("step-1.safetensors", "step-2.safetensors", "step-3.safetensors"), events);
    events.clear();
    RuntimeException failure = new UncheckedIOException(new IOException("data"));
    assertSame(
        failure,
        assertThrows(
            UncheckedIOException.class,
            () -> run(RunFolder.create(runs, "b"), new SlowState(0), 2, failure)));
    assertEquals(List.of("step-1.safetensors", "step-2.safetensors"), events);
  }

  @Test
  void failuresAreReportedByTheRunFolder() throws IOException {
    try (CapturedLog log = new CapturedLog(RunFolder.class)) {
      RunFolder last = RunFolder.create(runs, "a");
      run(last, new SlowState(3), 3, null);
      assertEquals("slow and full", last.failure().orElseThrow().getMessage());
      assertEquals(
          List.of("step-1.safetensors", "step-2.safetensors", "step-3.safetensors"),
          events,
          "the end tries again");
      assertTrue(log.all().get(0).contains("Cannot write to " + last.path()), log.all()::toString);
      events.clear();
      RunFolder middle = RunFolder.create(runs, "b");
      run(middle, new SlowState(2), 3, null);
      assertEquals("slow and full", middle.failure().orElseThrow().getMessage());
      assertEquals(List.of("step-1.safetensors", "step-3.safetensors"), events);
    }
  }
}
