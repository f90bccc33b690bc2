package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The default optimizer has a schedule; the rate of an optimizer that was set is constant. */
class DefaultScheduleTest {
  private static List<Double> rates(Trainer<int[]> trainer) {
    List<Double> rates = new ArrayList<>();
    TrainingListener recorder =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            rates.add(report.learningRate());
          }
        };
    trainer.batch(4).listener(recorder).quiet().fit(Numbers.source(20));
    return rates;
  }

  @Test
  void warmsUpAndAnneals() {
    Schedule schedule = new DefaultSchedule();
    for (long steps : new long[] {1_000, 2_000, 100_000}) {
      assertEquals(0.01, schedule.factor(1, steps), 1e-12);
      assertEquals(1, schedule.factor(100, steps));
      assertEquals(1, schedule.factor(steps * 4 / 5, steps));
      assertEquals(0.55, schedule.factor(steps * 9 / 10 + 1, steps), 1e-12);
      assertEquals(0.1, schedule.factor(steps, steps), 1e-4);
    }
    assertEquals("warm-up, constant, cosine(0.1)", schedule.toString());
  }

  @Test
  void warmUpOfShortRunsIsATenth() {
    Schedule schedule = new DefaultSchedule();
    assertEquals(0.25, schedule.factor(1, 40));
    assertEquals(1, schedule.factor(4, 40));
    assertEquals(1, schedule.factor(32, 40));
    for (int steps = 1; steps < 10; steps++) {
      assertEquals(1, schedule.factor(1, steps));
    }
  }

  @Test
  void defaultOptimizerHasIt() {
    try (Numbers model = new Numbers()) {
      List<Double> rates = rates(Trainer.of(model).steps(40));
      assertEquals(1.5e-3, Collections.max(rates), 1e-9);
      assertEquals(1.5e-3 / 4, rates.get(0), 1e-9);
      assertTrue(rates.get(39) < 2.1e-4, rates::toString);
    }
  }

  @Test
  void ratesThatWereSetAreConstant() {
    try (Numbers model = new Numbers()) {
      List<Double> set = rates(Trainer.of(model).optimizer(Adam.rate(0.5)).steps(3));
      assertEquals(List.of(0.5, 0.5, 0.5), set);
      Objective<int[]> own = Objective.of("own", model::loss, model);
      List<Double> ofObjective = rates(Trainer.of(own.optimizer(Adam.rate(0.25))).steps(3));
      assertEquals(List.of(0.25, 0.25, 0.25), ofObjective);
    }
  }

  @Test
  void schedulesThatWereSetReplaceIt() {
    try (Numbers model = new Numbers()) {
      List<Double> rates = rates(Trainer.of(model).schedule(Schedule.constant()).steps(3));
      assertEquals(List.of(1.5e-3, 1.5e-3, 1.5e-3), rates);
    }
  }

  @Test
  void runsOfUnknownLengthHaveAConstantRate() {
    try (Numbers model = new Numbers()) {
      for (double rate : rates(Trainer.of(model).maxTime(Duration.ofMillis(50)))) {
        assertEquals(1.5e-3, rate);
      }
    }
  }
}
