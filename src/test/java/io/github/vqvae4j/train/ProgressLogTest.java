package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import com.sun.management.ThreadMXBean;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ProgressLogTest {
  private static final Duration NEVER = Duration.ofDays(1);

  /** Runs an action while log messages are printed on a screen, as by a console appender. */
  private static void loggingOn(Screen screen, Runnable action) {
    Logger logger = (Logger) LoggerFactory.getLogger(ProgressLog.class);
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            screen.write(event.getLevel() + " " + event.getFormattedMessage() + "\n");
          }
        };
    appender.start();
    logger.addAppender(appender);
    try {
      action.run();
    } finally {
      logger.detachAppender(appender);
    }
  }

  private static ProgressLog on(Screen screen) {
    return new ProgressLog(
        NEVER, () -> TerminalLine.claim(new TerminalLine(screen::write, true, null)));
  }

  /** Runs a loop without training, until its last step or until it is stopped. */
  private static void run(TrainingListener log, long steps, Consumer<TrainingRun> afterStep) {
    try (Linear block = new Linear(1, 1, new Rng(1))) {
      TrainingRun.execute(
          block,
          steps,
          List.of(log),
          run -> {
            while (run.step() < steps && !run.isStopped()) {
              try (Step step = Step.inference()) {
                Tensor loss = step.tensor(new float[] {0.5f}, 1).mean();
                run.reportStep(32, BatchLoss.of("loss", loss), 1e-3);
              }
              afterStep.accept(run);
            }
          });
    }
  }

  private static Evaluation evaluation(double accuracy) {
    return new Evaluation(0, List.of(), List.of(new Metric("accuracy", accuracy)), List.of());
  }

  /** Returns the log of a run of three steps with an evaluation after the last. */
  private static List<String> logged(UnaryOperator<Trainer<?>> settings) {
    try (VqVae model = Shapes.model(1, 1);
        CapturedLog log = new CapturedLog(ProgressLog.class)) {
      Dataset images = Shapes.rectangles(20, 8, 1, 1);
      var trainer = Trainer.of(model).batch(10).steps(3).evaluate(images, 3);
      settings.apply(trainer);
      trainer.fit(images);
      return log.all();
    }
  }

  @Test
  void logsStartStepsEvaluationsAndEnd() {
    List<String> all = logged(trainer -> trainer.listener(new ProgressLog(Duration.ZERO)));
    assertEquals(1 + 3 + 1 + 1, all.size());
    assertTrue(all.get(2).matches("step 2/3 .* examples/s  0:0\\d left"), all.get(2));
    List<String> lines = logged(trainer -> trainer.listener(new ProgressLog(NEVER)));
    assertEquals(5, lines.size(), "the first and the last step only");
    assertTrue(lines.get(0).startsWith("Training VqVae ("), lines.get(0));
    assertTrue(lines.get(1).startsWith("step 1/3  reconstruction "), lines.get(1));
    assertTrue(
        lines.get(2).startsWith("Evaluation after step 3 on 20 examples: reconstruction "),
        lines.get(2));
    assertTrue(lines.get(3).matches("step 3/3  reconstruction .* examples/s"), lines.get(3));
    assertEquals("Training ended after step 3 (MAX_STEPS)", lines.get(4), "not the report");
  }

  @Test
  void isAddedOnceUnlessQuiet() {
    assertEquals(5, logged(trainer -> trainer).size());
    assertEquals(5, logged(trainer -> trainer.listener(new ProgressLog())).size());
    assertEquals(List.of(), logged(trainer -> trainer.quiet()));
  }

  @Test
  void showsALineOnATerminalAndLogsStartEvaluationsAndEnd() {
    Screen screen = new Screen(100);
    loggingOn(
        screen,
        () ->
            run(
                on(screen),
                5,
                run -> {
                  if (run.step() == 2) {
                    screen.write("WARN collapse\n");
                  }
                  if (run.step() == 3 || run.step() == 5) {
                    run.reportEvaluation(evaluation(0.5));
                  }
                }));
    List<String> lines = screen.lines();
    String line = "(\\d+)/5  \\d+ examples/s(  0:00 left)?  loss 0\\.5000";
    assertTrue(
        lines.get(0).startsWith("INFO Training Linear (2 parameters), 5 steps, "), lines.get(0));
    assertTrue(lines.get(1).matches("1/5  \\d+ examples/s  loss 0\\.5000"), lines.get(1));
    assertEquals("WARN collapse", lines.get(2));
    assertEquals("INFO Evaluation after step 3: accuracy 0.50000", lines.get(3));
    assertEquals("INFO Evaluation after step 5: accuracy 0.50000", lines.get(4));
    assertTrue(lines.get(5).matches(line + "  held-out accuracy 0\\.5000"), lines.get(5));
    assertTrue(lines.get(5).startsWith("5/5"), lines.get(5));
    assertEquals(
        List.of("INFO Training ended after step 5 (MAX_STEPS)", ""),
        lines.subList(6, lines.size()),
        "not the report");
  }

  @Test
  void aFailureEndsTheLineAfterTheLastStep() {
    Screen screen = new Screen(80);
    assertThrows(IllegalStateException.class, () -> run(on(screen), 3, failingAfter(2)));
    screen.write("Exception in thread\n");
    List<String> lines = screen.lines();
    assertEquals(3, lines.size(), lines.toString());
    assertTrue(lines.get(0).startsWith("2/3  "), lines.get(0));
    assertEquals("Exception in thread", lines.get(1));
    assertNextRunHasTheTerminal();
  }

  @Test
  void aFailureLogsTheLastStep() {
    try (CapturedLog log = new CapturedLog(ProgressLog.class)) {
      for (int step : new int[] {1, 2}) {
        assertThrows(
            IllegalStateException.class, () -> run(new ProgressLog(NEVER), 3, failingAfter(step)));
      }
      assertEquals(
          List.of("step 1/3", "step 1/3", "step 2/3"),
          log.all().stream()
              .filter(message -> !message.startsWith("Training "))
              .map(message -> message.split("  ")[0])
              .toList());
    }
  }

  private static Consumer<TrainingRun> failingAfter(long step) {
    return run -> {
      if (run.step() == step) {
        throw new IllegalStateException("no more data");
      }
    };
  }

  private static void assertNextRunHasTheTerminal() {
    Screen screen = new Screen(80);
    run(on(screen), 1, run -> {});
    assertTrue(screen.lines().get(0).startsWith("1/1  "), screen.lines().get(0));
  }

  @Test
  void redrawsAtMostFiveTimesASecondAndTheLastStep() {
    List<String> writes = new ArrayList<>();
    ProgressLog log = new ProgressLog(NEVER, () -> new TerminalLine(writes::add, true, null));
    long start = System.nanoTime();
    run(
        log,
        600,
        run -> {
          long end = System.nanoTime() + 1_000_000;
          while (System.nanoTime() < end) {
            Thread.onSpinWait();
          }
        });
    double seconds = (System.nanoTime() - start) / 1e9;
    // The first and the last step, and the end of the line.
    assertTrue(writes.size() <= 3 + 5 * seconds, writes.size() + " in " + seconds + " s");
    assertTrue(writes.size() >= 3 + 2, writes.size() + " in " + seconds + " s");
    assertTrue(writes.get(writes.size() - 2).contains("600/600  "), writes.toString());
  }

  @Test
  void timeLeftIsTheRemainingStepsAtTheMeanDuration() {
    List<String> writes = new ArrayList<>();
    ProgressLog log = new ProgressLog(NEVER, () -> new TerminalLine(writes::add, true, "200"));
    List<Long> times = new ArrayList<>(List.of(System.nanoTime()));
    run(
        log,
        36_001,
        run -> {
          times.add(System.nanoTime());
          sleep(210);
          times.add(System.nanoTime());
          if (run.step() == 3) {
            run.stop();
          }
        });
    String third = writes.stream().filter(w -> w.contains("3/36001")).findFirst().orElseThrow();
    Matcher left = Pattern.compile("  (\\d+):(\\d\\d):(\\d\\d) left  ").matcher(third);
    assertTrue(left.find(), third);
    int seconds =
        3600 * Integer.parseInt(left.group(1))
            + 60 * Integer.parseInt(left.group(2))
            + Integer.parseInt(left.group(3));
    // Two steps took at least the time from after the first to before the third.
    double atLeast = (times.get(4) - times.get(1)) / 1e9 / 2 * (36_001 - 3);
    double atMost = (times.get(5) - times.get(0)) / 1e9 / 2 * (36_001 - 3);
    assertTrue(seconds >= atLeast - 1 && seconds <= atMost + 1, third + atLeast + " " + atMost);
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void timeLeftIsWithinTheTimeLimit() {
    List<String> writes = new ArrayList<>();
    ProgressLog log = new ProgressLog(NEVER, () -> new TerminalLine(writes::add, true, "200"));
    try (VqVae model = Shapes.model(1, 1)) {
      Dataset images = Shapes.rectangles(20, 8, 1, 1);
      TrainingListener stop =
          new TrainingListener() {
            @Override
            public void onStepEnd(TrainingRun run, long step) {
              run.stop();
            }
          };
      Trainer.of(model)
          .batch(10)
          .steps(Long.MAX_VALUE - 1)
          .maxTime(Duration.ofMinutes(31 * 60 + 30))
          .listener(log)
          .listener(stop)
          .fit(images);
    }
    String line = writes.get(0);
    assertTrue(line.contains("1/" + (Long.MAX_VALUE - 1) + "  "), line);
    assertTrue(line.contains("  1 d 7 h left  reconstruction "), line);
  }

  @Test
  void severalRunsAtTheSameTimeShareAListener() throws Exception {
    Screen screen = new Screen(80);
    ProgressLog shared = on(screen);
    CyclicBarrier together = new CyclicBarrier(4);
    try (CapturedLog log = new CapturedLog(ProgressLog.class)) {
      List<CompletableFuture<Void>> runs = new ArrayList<>();
      for (long steps : new long[] {97, 101, 103, 107}) {
        runs.add(
            CompletableFuture.runAsync(
                () -> run(shared, steps, run -> await(run.step() == 1, together)),
                command -> new Thread(command).start()));
      }
      for (CompletableFuture<Void> run : runs) {
        run.get();
      }
      List<String> messages = log.all();
      assertEquals(3, messages.stream().filter(m -> m.startsWith("step 1/")).count());
      for (long steps : new long[] {97, 101, 103, 107}) {
        String end = "Training ended after step " + steps + " (MAX_STEPS)";
        assertEquals(1, messages.stream().filter(end::equals).count(), end);
      }
      assertEquals(2, screen.lines().size(), screen.lines().toString());
      String line = screen.lines().get(0);
      assertTrue(Stream.of(97, 101, 103, 107).anyMatch(n -> line.startsWith(n + "/" + n)), line);
    }
    assertNextRunHasTheTerminal();
  }

  private static void await(boolean condition, CyclicBarrier barrier) {
    if (condition) {
      try {
        barrier.await();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  @Test
  void costsLittleForAStepThatIsNotShown() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (ProgressLog log : List.of(new ProgressLog(NEVER), on(new Screen(80)))) {
      double[] nanos = new double[10];
      long[] bytes = new long[10];
      run(
          log,
          1,
          run -> {
            StepReport report = run.last();
            int calls = 10_000;
            for (int round = 0; round < nanos.length; round++) {
              long allocated = threads.getCurrentThreadAllocatedBytes();
              long start = System.nanoTime();
              for (int i = 0; i < calls; i++) {
                log.onStep(run, report);
              }
              nanos[round] = (double) (System.nanoTime() - start) / calls;
              bytes[round] = threads.getCurrentThreadAllocatedBytes() - allocated;
            }
          });
      String cost = Arrays.toString(nanos) + " ns, " + Arrays.toString(bytes) + " bytes";
      assertTrue(Arrays.stream(nanos).min().orElseThrow() < 10_000, cost);
      assertTrue(Arrays.stream(bytes).min().orElseThrow() < 1_000, cost);
    }
  }
}
