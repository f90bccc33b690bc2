package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class ScheduleTest {
  private static final Dataset TRAIN = Shapes.rectangles(40, 8, 1, 1);

  private static List<Double> rates(Schedule schedule) {
    List<Double> rates = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            rates.add(report.learningRate());
          }
        };
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer.of(model)
          .optimizer(Sgd.rate(0.5))
          .schedule(schedule)
          .batch(8)
          .steps(4)
          .listener(listener)
          .fit(TRAIN);
    }
    return rates;
  }

  @Test
  void stepReportsContainLearningRate() {
    assertEquals(List.of(0.5, 0.5, 0.5, 0.5), rates(Schedule.constant()));
    assertEquals(List.of(0.125, 0.25, 0.375, 0.5), rates(Schedule.warmUp()));
    assertEquals(
        List.of(0.25, 0.5, 0.5, 0.125),
        rates(Schedule.warmUp().then(2, Schedule.multiStep(0.25, 1))));
  }

  @Test
  void zeroLearningRateLeavesWeightsUnchanged() {
    try (VqVae model = Shapes.model(1, 3)) {
      float before = model.variables().get("encoder.mix.weight").toFloats()[0];
      Trainer.of(model).schedule((step, steps) -> 0).batch(8).steps(2).fit(TRAIN);
      assertEquals(before, model.variables().get("encoder.mix.weight").toFloats()[0]);
    }
  }

  /** A custom training loop may run more or fewer steps than the schedule was given. */
  @Test
  void factorsStayInRangeBeyondLastStep() {
    List<Schedule> schedules =
        List.of(
            Schedule.constant(),
            Schedule.warmUp(),
            Schedule.cosine(0),
            Schedule.cosine(0.1),
            Schedule.multiStep(0.5, 1, 3, 7),
            Schedule.warmUp().then(5, Schedule.cosine(0)),
            Schedule.cosine(0.1).then(3, Schedule.warmUp()),
            Schedule.warmUp().then(5, Schedule.cosine(0).then(5, Schedule.multiStep(0.1, 1))));
    for (Schedule schedule : schedules) {
      for (long steps : new long[] {1, 2, 3, 5, 6, 10, 11, 1_000}) {
        for (long step = 1; step <= 3 * steps + 30; step++) {
          double factor = schedule.factor(step, steps);
          assertTrue(
              factor >= 0 && factor <= 1,
              schedule + ": factor " + factor + " for step " + step + " of " + steps);
        }
      }
    }
    assertEquals(1, Schedule.warmUp().factor(25, 10));
    assertEquals(0.25, Schedule.cosine(0.25).factor(11, 10));
    assertEquals(0.25, Schedule.cosine(0.25).factor(25, 10));
  }

  @Test
  void toStringContainsSettings() {
    assertEquals(
        "warmUp until step 500, then cosine(0.01)",
        Schedule.warmUp().then(500, Schedule.cosine(0.01)).toString());
    assertEquals(
        "constant until step 3, then multiStep(0.5, after [1, 2])",
        Schedule.constant().then(3, Schedule.multiStep(0.5, 1, 2)).toString());
  }

  @Test
  void invalidSettingsAreRejected() {
    assertMessageContains(rejected(() -> Schedule.cosine(1.5)), "in [0, 1]", "got 1.5");
    assertMessageContains(rejected(() -> Schedule.multiStep(1, 5)), "in (0, 1)", "got factor 1.0");
    assertMessageContains(rejected(() -> Schedule.multiStep(0.1, 5, 5)), "increasing", "[5, 5]");
    assertMessageContains(rejected(() -> Schedule.multiStep(0.1, 0)), "at least 1", "[0]");
    assertMessageContains(rejected(() -> Schedule.multiStep(0.1)), "one or more", "[]");
    assertMessageContains(
        rejected(() -> Schedule.warmUp().then(0, Schedule.constant())), "at least 1", "got 0");
    assertMessageContains(
        assertThrows(IllegalStateException.class, () -> rates((step, steps) -> 2 - step)),
        "step 3 of 4",
        "got -1.0");
    assertThrows(IllegalStateException.class, () -> rates((step, steps) -> Double.NaN));
  }

  private static IllegalArgumentException rejected(Executable mistake) {
    return assertThrows(IllegalArgumentException.class, mistake);
  }
}
