package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Source;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How runs end: steps, epochs, time, a stop, an interrupt. */
@Timeout(60)
class RunEndTest {
  /** Records what a listener hears, and may act after a step. */
  private static class Recorder implements TrainingListener {
    final List<String> heard = new ArrayList<>();
    boolean interruptedWhileListening;

    @Override
    public void onStart(TrainingRun run) {
      heard.add("start");
    }

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      heard.add("step " + report.step());
    }

    @Override
    public void onEvaluation(TrainingRun run, Evaluation evaluation) {
      heard.add("evaluation " + evaluation.step());
    }

    @Override
    public void onInterrupt(TrainingRun run) {
      interruptedWhileListening = Thread.currentThread().isInterrupted();
      heard.add("interrupt after " + run.step());
    }

    @Override
    public void onFailure(TrainingRun run, Throwable failure) {
      heard.add("failure after " + run.step());
    }

    @Override
    public void onEnd(TrainingRun run, TrainingReport report) {
      heard.add("end");
    }
  }

  private final Numbers model = new Numbers();
  private final Recorder recorder = new Recorder();

  @AfterEach
  void close() {
    Thread.interrupted();
    model.close();
  }

  private Trainer<int[]> trainer(TrainingListener... more) {
    Trainer<int[]> trainer = Trainer.of(model).batch(4).steps(10).listener(recorder).quiet();
    for (TrainingListener listener : more) {
      trainer.listener(listener);
    }
    return trainer;
  }

  @ParameterizedTest
  @CsvSource({
    "20, 4, 1, 3, 15",
    "23, 4, 1, 3, 15",
    "4, 4, 1, 2, 2",
    "7, 7, 1, 1, 1",
    "24, 4, 2, 3, 9",
    "24, 2, 3, 1, 4"
  })
  void epochs(int size, int batch, int accumulate, int epochs, long steps) {
    TrainingReport report =
        trainer().batch(batch).accumulate(accumulate).epochs(epochs).fit(Numbers.source(size));
    assertEquals(steps, report.last().step());
    assertEquals(steps, report.last().steps());
    assertEquals(StopReason.MAX_STEPS, report.stopReason());
    int perEpoch = size / batch;
    assertEquals(perEpoch * epochs, model.trained().size());
    for (int epoch = 0; epoch < epochs; epoch++) {
      List<Integer> used =
          model.trained().subList(epoch * perEpoch, (epoch + 1) * perEpoch).stream()
              .flatMap(List::stream)
              .toList();
      assertEquals(perEpoch * batch, new HashSet<>(used).size(), "examples of epoch " + epoch);
    }
  }

  @Test
  void theLastOfStepsAndEpochsCounts() {
    assertEquals(3, trainer().epochs(7).steps(3).fit(Numbers.source(20)).last().step());
    assertEquals(10, trainer().steps(3).epochs(2).fit(Numbers.source(20)).last().step());
  }

  @Test
  void timeLimit() {
    TrainingListener slow =
        new TrainingListener() {
          @Override
          public void onStepEnd(TrainingRun run, long step) {
            Numbers.sleep(20);
          }
        };
    TrainingReport report =
        trainer(slow)
            .steps(1_000)
            .maxTime(Duration.ofMillis(200))
            .evaluate(Numbers.source(4), 1_000)
            .fit(Numbers.source(20));
    assertEquals(StopReason.MAX_TIME, report.stopReason());
    long last = report.last().step();
    assertTrue(last >= 1 && last <= 11, "steps of 20 ms in 200 ms: " + last);
    assertEquals(1_000, report.last().steps());
    assertEquals(List.of(last), report.evaluations().stream().map(Evaluation::step).toList());
    assertTrue(report.seconds() >= 0.2);
    assertTrue(report.toString().contains("reached the time limit at step " + last));
    assertEquals(
        List.of("step " + last, "evaluation " + last, "end"),
        recorder.heard.subList(recorder.heard.size() - 3, recorder.heard.size()));
  }

  @Test
  void aTimeLimitMayBeHuge() {
    TrainingReport report =
        trainer().maxTime(Duration.ofSeconds(Long.MAX_VALUE)).fit(Numbers.source(20));
    assertEquals(StopReason.MAX_STEPS, report.stopReason());
  }

  @Test
  void aListenerStopsTheRun() {
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            if (report.step() == 3) {
              assertFalse(run.isStopped());
              run.stop();
              assertTrue(run.isStopped());
            }
          }
        };
    TrainingReport report = trainer(stopper).fit(Numbers.source(20));
    assertEquals(StopReason.STOPPED, report.stopReason());
    assertEquals(3, report.last().step());
    assertEquals(List.of("start", "step 1", "step 2", "step 3", "end"), recorder.heard);
    assertFalse(Thread.currentThread().isInterrupted());
    assertEquals(StopReason.MAX_STEPS, trainer().fit(Numbers.source(20)).stopReason());
  }

  @Test
  void anotherThreadStopsTheRun() {
    AtomicReference<TrainingRun> running = new AtomicReference<>();
    CountDownLatch started = new CountDownLatch(1);
    TrainingListener publisher =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            running.set(run);
            started.countDown();
          }
        };
    Thread stopper =
        new Thread(
            () -> {
              try {
                started.await();
                running.get().stop();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    stopper.start();
    TrainingReport report = trainer(publisher).steps(Long.MAX_VALUE).fit(Numbers.source(20));
    assertEquals(StopReason.STOPPED, report.stopReason());
    assertFalse(recorder.heard.contains("interrupt after " + report.last().step()));
  }

  @Test
  void stoppedBeforeTheFirstStep() {
    TrainingListener stopper =
        new TrainingListener() {
          @Override
          public void onStart(TrainingRun run) {
            run.stop();
          }
        };
    assertThrows(CancellationException.class, () -> trainer(stopper).fit(Numbers.source(20)));
    assertEquals(List.of("start", "failure after 0"), recorder.heard);
    assertTrue(model.trained().isEmpty());
  }

  private void assertInterrupted(TrainingReport report, long step) {
    assertEquals(StopReason.INTERRUPTED, report.stopReason());
    assertEquals(step, report.last().step());
    assertTrue(Thread.interrupted(), "the status stays set");
    assertFalse(recorder.interruptedWhileListening, "listeners can write to channels");
    int size = recorder.heard.size();
    assertEquals(List.of("interrupt after " + step, "end"), recorder.heard.subList(size - 2, size));
  }

  @Test
  void interruptInAStep() {
    TrainingListener interrupter =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            if (report.step() == 2) {
              Thread.currentThread().interrupt();
            }
          }
        };
    assertInterrupted(trainer(interrupter).fit(Numbers.source(20)), 2);
  }

  @Test
  void interruptAfterTheLastStepDoesNotChangeTheReason() {
    TrainingListener interrupter =
        new TrainingListener() {
          @Override
          public void onStepEnd(TrainingRun run, long step) {
            if (step == 10) {
              Thread.currentThread().interrupt();
            }
          }
        };
    TrainingReport report = trainer(interrupter).fit(Numbers.source(20));
    assertEquals(StopReason.MAX_STEPS, report.stopReason());
    assertTrue(Thread.interrupted(), "the status stays set");
    assertFalse(recorder.heard.contains("interrupt after 10"));
  }

  @Test
  void interruptInAnEvaluation() {
    Thread trainer = Thread.currentThread();
    Source<int[]> heldOut =
        Numbers.source(
            256,
            indices -> {
              if (indices[0] == 64) {
                trainer.interrupt();
              }
            });
    TrainingReport report = trainer().evaluate(heldOut, 3).fit(Numbers.source(20));
    assertInterrupted(report, 3);
    assertTrue(report.evaluations().isEmpty(), "the evaluation was aborted");
  }

  @Test
  void everyStepEndsEvenIfItsEvaluationIsAborted() {
    for (boolean interrupt : new boolean[] {true, false}) {
      AtomicReference<TrainingRun> running = new AtomicReference<>();
      Thread trainer = Thread.currentThread();
      List<Long> ends = new ArrayList<>();
      TrainingListener listener =
          new TrainingListener() {
            @Override
            public void onStep(TrainingRun run, StepReport report) {
              running.set(run);
            }

            @Override
            public void onStepEnd(TrainingRun run, long step) {
              ends.add(step);
            }
          };
      Source<int[]> heldOut =
          Numbers.source(
              256,
              places -> {
                if (places[0] == 64 && interrupt) {
                  trainer.interrupt();
                } else if (places[0] == 64) {
                  running.get().stop();
                }
              });
      TrainingReport report = trainer(listener).evaluate(heldOut, 3).fit(Numbers.source(20));
      assertEquals(interrupt, Thread.interrupted());
      assertEquals(interrupt ? StopReason.INTERRUPTED : StopReason.STOPPED, report.stopReason());
      assertEquals(List.of(1L, 2L, 3L), ends);
      assertTrue(report.evaluations().isEmpty(), "the evaluation was aborted");
    }
  }

  @Test
  void interruptWhileWaitingForData() {
    Thread trainer = Thread.currentThread();
    CountDownLatch secondStep = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    Numbers.Stream stream =
        new Numbers.Stream(
            1_000,
            position -> {
              if (position == 8) {
                await(secondStep);
                while (trainer.getState() != Thread.State.TIMED_WAITING) {
                  Numbers.sleep(1);
                }
                trainer.interrupt();
                await(never);
              }
            });
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStepEnd(TrainingRun run, long step) {
            if (step == 2) {
              secondStep.countDown();
            }
          }
        };
    TrainingReport report = trainer(listener).evaluate(Numbers.source(4), 100).fit(stream);
    never.countDown();
    assertInterrupted(report, 2);
    assertTrue(report.evaluations().isEmpty());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void interruptBeforeTheRun() {
    Thread.currentThread().interrupt();
    assertThrows(CancellationException.class, () -> trainer().fit(Numbers.source(20)));
    assertTrue(Thread.interrupted(), "the status stays set");
    assertEquals(List.of("start", "failure after 0"), recorder.heard);
  }

  @Test
  void noThreadIsLeftBehind() {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    trainer().evaluate(Numbers.source(4), 2).fit(Numbers.source(20));
    Set<Thread> after = new HashSet<>(Thread.getAllStackTraces().keySet());
    after.removeAll(before);
    after.removeIf(thread -> !thread.getName().startsWith("vqvae4j"));
    assertTrue(after.isEmpty(), after.toString());
  }

  @Test
  void waitingForDataIsReported() {
    TrainingReport slow = trainer().fit(Numbers.source(40, indices -> Numbers.sleep(30)));
    assertTrue(slow.secondsWaited() > 0.1 && slow.secondsWaited() <= slow.seconds() + 0.05);
    assertTrue(slow.toString().contains("s for data"), slow.toString());
    TrainingListener busy =
        new TrainingListener() {
          @Override
          public void onStepEnd(TrainingRun run, long step) {
            Numbers.sleep(20);
          }
        };
    TrainingReport fast = trainer(busy).steps(20).fit(Numbers.source(40));
    assertTrue(fast.secondsWaited() < 0.1 * fast.seconds(), fast.toString());
    assertFalse(fast.toString().contains("s for data"), fast.toString());
  }

  @Test
  void progressIsShownUnlessTheTrainerIsQuiet() {
    try (CapturedLog log = new CapturedLog(ProgressLog.class)) {
      Trainer.of(model).batch(4).steps(3).quiet().fit(Numbers.source(20));
      assertEquals(List.of(), log.all());
      Trainer.of(model).batch(4).steps(3).fit(Numbers.source(20));
      int lines = log.all().size();
      assertNotEquals(0, lines);
      Trainer.of(model).batch(4).steps(3).listener(new ProgressLog()).fit(Numbers.source(20));
      assertEquals(2 * lines, log.all().size(), "one progress log, not two");
    }
  }

  @Test
  void wrongSettings() {
    Class<IllegalArgumentException> argument = IllegalArgumentException.class;
    Trainer<int[]> trainer = trainer();
    Source<int[]> numbers = Numbers.source(20);
    assertMessageContains(
        assertThrows(argument, () -> trainer.steps(0)), "at least 1 step", "got 0");
    assertMessageContains(
        assertThrows(argument, () -> trainer.epochs(0)), "at least 1 epoch", "got 0");
    assertMessageContains(
        assertThrows(argument, () -> trainer.maxTime(Duration.ZERO)), "time limit above 0", "PT0S");
    assertMessageContains(
        assertThrows(argument, () -> trainer.evaluate(numbers, 0)), "at least 1 step", "got 0");
    assertMessageContains(
        assertThrows(argument, () -> trainer().batch(21).fit(numbers)), "21", "20 examples");
    assertMessageContains(
        assertThrows(argument, () -> trainer().epochs(2).batch(0).fit(numbers)),
        "expected a batch of at least 1 example, got 0");
    assertMessageContains(
        assertThrows(argument, () -> trainer().evaluate(Numbers.source(0), 5).fit(numbers)),
        "Trainer.evaluate",
        "one or more examples",
        "got 0");
    assertMessageContains(
        assertThrows(
            argument,
            () -> trainer().evaluate(Numbers.source(0), 5).fit(new Numbers.Stream(40, p -> {}))),
        "Trainer.evaluate",
        "got 0");
    assertMessageContains(
        assertThrows(
            IllegalStateException.class,
            () -> trainer().epochs(2).fit(new Numbers.Stream(40, p -> {}))),
        "Trainer.epochs",
        "stream",
        "steps(..)");
    assertTrue(model.trained().isEmpty());
  }

  @Test
  void aTimeLimitAloneNeedsASchedule() {
    Trainer<int[]> trainer = Trainer.of(model).batch(4).maxTime(Duration.ofMillis(100)).quiet();
    for (Schedule schedule :
        List.of(
            Schedule.warmUp(),
            Schedule.cosine(0),
            Schedule.warmUp().then(50, Schedule.cosine(0)))) {
      assertMessageContains(
          assertThrows(
              IllegalStateException.class,
              () -> trainer.schedule(schedule).fit(Numbers.source(20))),
          "Trainer.maxTime",
          "steps(..)");
    }
    for (Schedule schedule :
        List.of(
            Schedule.constant(),
            Schedule.multiStep(0.5, 10),
            Schedule.warmUp().then(50, Schedule.constant()))) {
      assertEquals(
          StopReason.MAX_TIME, trainer.schedule(schedule).fit(Numbers.source(20)).stopReason());
    }
  }

  @Test
  void aTimeLimitAloneHasNoLimitOfSteps() {
    TrainingReport report =
        Trainer.of(model)
            .batch(4)
            .maxTime(Duration.ofMillis(300))
            .listener(recorder)
            .quiet()
            .fit(Numbers.source(20));
    assertEquals(StopReason.MAX_TIME, report.stopReason());
    assertEquals(StepReport.NO_LIMIT, report.last().steps());
    assertTrue(report.last().toString().startsWith("step " + report.last().step() + "  "));
    assertTrue(
        report.toString().contains("reached the time limit at step " + report.last().step()),
        report.toString());
    assertFalse(report.toString().contains(" of 9"), report.toString());
    assertEquals(
        1_000,
        Trainer.of(model).batch(4).quiet().fit(Numbers.source(20)).last().step(),
        "the default");
  }
}
