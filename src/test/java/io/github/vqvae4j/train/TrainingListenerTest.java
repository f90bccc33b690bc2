package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Every listener is notified of the end of a run, even if another one throws. */
class TrainingListenerTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  /** Records events and throws at one of them. */
  private static final class EventRecorder implements TrainingListener {
    final List<String> events = new ArrayList<>();
    private final String failingEvent;
    final IllegalStateException failure;

    EventRecorder(String failingEvent) {
      this.failingEvent = failingEvent;
      failure = new IllegalStateException(failingEvent);
    }

    private void record(String event) {
      events.add(event);
      if (event.equals(failingEvent)) {
        throw failure;
      }
    }

    @Override
    public void onStart(TrainingRun run) {
      record("start");
    }

    @Override
    public void onStep(TrainingRun run, StepReport report) {
      record("step " + report.step());
    }

    @Override
    public void onEvaluation(TrainingRun run, Evaluation evaluation) {
      record("evaluation " + evaluation.step());
    }

    @Override
    public void onStepEnd(TrainingRun run, long step) {
      record("step end " + step);
    }

    @Override
    public void onFailure(TrainingRun run, Throwable failure) {
      record("failure after " + run.step());
    }

    @Override
    public void onEnd(TrainingRun run, TrainingReport report) {
      record("end " + report.stopReason());
    }
  }

  private static RuntimeException fit(Dataset data, EventRecorder... recorders) {
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.of(model).batch(16).steps(4).evaluate(TEST, 2);
      List.of(recorders).forEach(trainer::listener);
      return assertThrows(RuntimeException.class, () -> trainer.fit(data));
    }
  }

  @Test
  void eventsAreInOrder() {
    try (VqVae model = Shapes.model(1, 3)) {
      EventRecorder recorder = new EventRecorder("");
      Trainer.of(model).batch(16).steps(2).evaluate(TEST, 2).listener(recorder).fit(TRAIN);
      assertEquals(
          List.of(
              "start",
              "step 1",
              "step end 1",
              "step 2",
              "evaluation 2",
              "step end 2",
              "end MAX_STEPS"),
          recorder.events);
    }
  }

  @Test
  void allListenersReceiveFailure() {
    for (String event : List.of("start", "step 2", "evaluation 2", "step end 2")) {
      EventRecorder good = new EventRecorder("");
      EventRecorder failure = new EventRecorder(event);
      EventRecorder later = new EventRecorder("");
      assertSame(failure.failure, fit(TRAIN, good, failure, later));
      for (EventRecorder recorder : List.of(good, failure, later)) {
        String last = "failure after " + (event.equals("start") ? 0 : 2);
        assertEquals(last, recorder.events.get(recorder.events.size() - 1), event);
        assertEquals(1, recorder.events.stream().filter(e -> e.startsWith("failure")).count());
      }
    }
  }

  @Test
  void exceptionsInOnFailureAreSuppressed() {
    EventRecorder first = new EventRecorder("failure after 3");
    EventRecorder second = new EventRecorder("step 3");
    EventRecorder third = new EventRecorder("failure after 3");
    RuntimeException thrown = fit(TRAIN, first, second, third);
    assertSame(second.failure, thrown);
    assertArrayEquals(new Throwable[] {first.failure, third.failure}, thrown.getSuppressed());
  }

  @Test
  void exceptionInOnEndDoesNotSkipOtherListeners() {
    EventRecorder first = new EventRecorder("end MAX_STEPS");
    EventRecorder second = new EventRecorder("end MAX_STEPS");
    EventRecorder third = new EventRecorder("");
    RuntimeException thrown = fit(TRAIN, first, second, third);
    assertSame(first.failure, thrown);
    assertArrayEquals(new Throwable[] {second.failure}, thrown.getSuppressed());
    assertEquals("end MAX_STEPS", third.events.get(third.events.size() - 1));
  }

  @Test
  void errorInOnEndDoesNotSkipOtherListeners() {
    AssertionError error = new AssertionError("at the end");
    EventRecorder later = new EventRecorder("");
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer =
          Trainer.of(model)
              .batch(16)
              .steps(1)
              .listener(
                  new TrainingListener() {
                    @Override
                    public void onEnd(TrainingRun run, TrainingReport report) {
                      throw error;
                    }
                  })
              .listener(later);
      assertSame(error, assertThrows(AssertionError.class, () -> trainer.fit(TRAIN)));
      assertEquals("end MAX_STEPS", later.events.get(later.events.size() - 1));
    }
  }

  @Test
  void initializationAndDataFailuresAreReported() {
    EventRecorder atStart = new EventRecorder("");
    assertMessageContains(fit(new FailingDataset(TRAIN, 0), atStart), "broken");
    assertEquals(List.of("start", "failure after 0"), atStart.events);
    EventRecorder later = new EventRecorder("");
    assertMessageContains(
        fit(new FailingDataset(Shapes.rectangles(32, 8, 1, 1), 1), later), "broken");
    assertEquals("failure after 2", later.events.get(later.events.size() - 1));
  }

  @Test
  void interruptBeforeFirstStepThrowsCancellationException() {
    try (VqVae model = Shapes.model(1, 3)) {
      Map<String, float[]> before = States.of(model);
      EventRecorder recorder = new EventRecorder("");
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class,
          () -> Trainer.of(model).batch(16).listener(recorder).fit(TRAIN));
      assertTrue(Thread.interrupted(), "the thread stays interrupted");
      assertEquals(List.of("start", "failure after 0"), recorder.events);
      States.assertSame(before, States.of(model));
    }
  }

  @Test
  void interruptStopsEvaluation() {
    try (VqVae model = Shapes.model(1, 3)) {
      EventRecorder recorder = new EventRecorder("");
      Dataset many = Shapes.rectangles(200, 8, 1, 2);
      Thread trainer = Thread.currentThread();
      Dataset slow =
          new ForwardingDataset(many) {
            @Override
            public void image(int index, float[] target, int offset) {
              if (index == 150) {
                trainer.interrupt();
              }
              super.image(index, target, offset);
            }
          };
      TrainingReport report =
          Trainer.of(model).batch(16).steps(9).evaluate(slow, 2).listener(recorder).fit(TRAIN);
      assertTrue(Thread.interrupted());
      assertEquals(StopReason.INTERRUPTED, report.stopReason());
      assertEquals(List.of(), report.evaluations());
      assertEquals(
          List.of("start", "step 1", "step end 1", "step 2", "step end 2", "end INTERRUPTED"),
          recorder.events);
    }
  }

  @Test
  void interruptedLearningRateFinderThrows() {
    try (VqVae model = Shapes.model(1, 3)) {
      Map<String, float[]> before = States.of(model);
      Thread trainer = Thread.currentThread();
      Dataset slow =
          new ForwardingDataset(TRAIN) {
            @Override
            public void image(int index, long epoch, float[] target, int offset) {
              if (epoch == 5) {
                trainer.interrupt();
              }
              super.image(index, epoch, target, offset);
            }
          };
      CancellationException e =
          assertThrows(
              CancellationException.class, () -> LearningRateFinder.of(model).batch(16).find(slow));
      assertMessageContains(e, "LearningRateFinder.find", "interrupted after", "of 200 steps");
      assertTrue(Thread.interrupted());
      States.assertSame(before, States.of(model));
    }
  }
}
