package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertSays;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.VqVae;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

/** Every listener hears how a run ends, whatever another one does. */
class ListenersTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  /** Writes down what it hears, and throws at one of these events. */
  private static final class Ear implements TrainingListener {
    final List<String> heard = new ArrayList<>();
    private final String badEvent;
    final IllegalStateException bad;

    Ear(String badEvent) {
      this.badEvent = badEvent;
      bad = new IllegalStateException(badEvent);
    }

    private void hear(String event) {
      heard.add(event);
      if (event.equals(badEvent)) {
        throw bad;
      }
    }

    @Override
    public void onStart(TrainingSettings settings) {
      hear("start");
    }

    @Override
    public void onStep(StepReport report) {
      hear("step " + report.step());
    }

    @Override
    public void onEvaluation(Evaluation evaluation) {
      hear("evaluation " + evaluation.step());
    }

    @Override
    public void onStepEnd(long step) {
      hear("step end " + step);
    }

    @Override
    public void onFailure(Throwable failure, long step) {
      hear("failure after " + step);
    }

    @Override
    public void onEnd(TrainingReport report) {
      hear("end " + report.stopReason());
    }
  }

  private static RuntimeException fit(Dataset data, Ear... ears) {
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer trainer = Trainer.of(model).batch(16).steps(4).evaluate(TEST, 2);
      List.of(ears).forEach(trainer::listener);
      return assertThrows(RuntimeException.class, () -> trainer.fit(data));
    }
  }

  @Test
  void aRunIsHeardInOrder() {
    try (VqVae model = Shapes.model(1, 3)) {
      Ear ear = new Ear("");
      Trainer.of(model).batch(16).steps(2).evaluate(TEST, 2).listener(ear).fit(TRAIN);
      assertEquals(
          List.of(
              "start",
              "step 1",
              "step end 1",
              "step 2",
              "evaluation 2",
              "step end 2",
              "end MAX_STEPS"),
          ear.heard);
    }
  }

  @Test
  void whereverOneThrowsAllHearOfIt() {
    for (String event : List.of("start", "step 2", "evaluation 2", "step end 2")) {
      Ear good = new Ear("");
      Ear bad = new Ear(event);
      Ear later = new Ear("");
      assertSame(bad.bad, fit(TRAIN, good, bad, later));
      for (Ear ear : List.of(good, bad, later)) {
        String last = "failure after " + (event.equals("start") ? 0 : 2);
        assertEquals(last, ear.heard.get(ear.heard.size() - 1), event);
        assertEquals(1, ear.heard.stream().filter(e -> e.startsWith("failure")).count());
      }
    }
  }

  @Test
  void oneThatThrowsWhenItHearsOfAFailureIsSuppressed() {
    Ear first = new Ear("failure after 3");
    Ear second = new Ear("step 3");
    Ear third = new Ear("failure after 3");
    RuntimeException thrown = fit(TRAIN, first, second, third);
    assertSame(second.bad, thrown);
    assertArrayEquals(new Throwable[] {first.bad, third.bad}, thrown.getSuppressed());
  }

  @Test
  void oneThatThrowsAtTheEndKeepsNobodyFromHearingOfIt() {
    Ear first = new Ear("end MAX_STEPS");
    Ear second = new Ear("end MAX_STEPS");
    Ear third = new Ear("");
    RuntimeException thrown = fit(TRAIN, first, second, third);
    assertSame(first.bad, thrown);
    assertArrayEquals(new Throwable[] {second.bad}, thrown.getSuppressed());
    assertEquals("end MAX_STEPS", third.heard.get(third.heard.size() - 1));
  }

  @Test
  void norDoesAnErrorAtTheEnd() {
    AssertionError error = new AssertionError("at the end");
    Ear later = new Ear("");
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer trainer =
          Trainer.of(model)
              .batch(16)
              .steps(1)
              .listener(
                  new TrainingListener() {
                    @Override
                    public void onEnd(TrainingReport report) {
                      throw error;
                    }
                  })
              .listener(later);
      assertSame(error, assertThrows(AssertionError.class, () -> trainer.fit(TRAIN)));
      assertEquals("end MAX_STEPS", later.heard.get(later.heard.size() - 1));
    }
  }

  @Test
  void aModelThatCannotStartAndDataThatCannotBeReadAreHeardOf() {
    Ear atStart = new Ear("");
    assertSays(fit(new BrokenData(TRAIN, 0), atStart), "broken");
    assertEquals(List.of("start", "failure after 0"), atStart.heard);
    Ear later = new Ear("");
    assertSays(fit(new BrokenData(Shapes.rectangles(32, 8, 1, 1), 1), later), "broken");
    assertEquals("failure after 2", later.heard.get(later.heard.size() - 1));
  }

  @Test
  void anInterruptBeforeTheFirstStepIsACancellation() {
    try (VqVae model = Shapes.model(1, 3)) {
      Map<String, float[]> before = States.of(model);
      Ear ear = new Ear("");
      Thread.currentThread().interrupt();
      assertThrows(
          CancellationException.class, () -> Trainer.of(model).batch(16).listener(ear).fit(TRAIN));
      assertTrue(Thread.interrupted(), "the thread stays interrupted");
      assertEquals(List.of("start", "failure after 0"), ear.heard);
      States.assertSame(before, States.of(model));
    }
  }

  @Test
  void anInterruptAmidAnEvaluationEndsIt() {
    try (VqVae model = Shapes.model(1, 3)) {
      Ear ear = new Ear("");
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
          Trainer.of(model).batch(16).steps(9).evaluate(slow, 2).listener(ear).fit(TRAIN);
      assertTrue(Thread.interrupted());
      assertEquals(StopReason.INTERRUPTED, report.stopReason());
      assertEquals(List.of(), report.evaluations());
      assertEquals(
          List.of("start", "step 1", "step end 1", "step 2", "end INTERRUPTED"), ear.heard);
    }
  }

  @Test
  void aRateFinderThatIsInterruptedSuggestsNothing() {
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
      assertSays(e, "LearningRateFinder.find", "interrupted after", "of 200 steps");
      assertTrue(Thread.interrupted());
      States.assertSame(before, States.of(model));
    }
  }
}
