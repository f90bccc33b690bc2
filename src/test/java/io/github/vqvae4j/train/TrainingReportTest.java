package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingReportTest {
  /** Waits are reported from 2% of the time on, but not those that would be rounded to 0.0 s. */
  @ParameterizedTest
  @CsvSource({"1, 0.09, false", "1, 0.11, true", "100, 1.9, false", "100, 2.1, true"})
  void longWaitsForDataAreReported(double seconds, double waited, boolean reported) {
    LossReport loss = new LossReport("", List.of(new TermReport("mse", 0.5, 1)), List.of());
    StepReport last =
        new StepReport(3, 3, List.of(new ObjectiveReport(3, loss, 1, 1)), List.of(), List.of(), 10);
    TrainingReport report =
        new TrainingReport(
            last, StopReason.MAX_STEPS, List.of(), Optional.empty(), 3, 0, 0, seconds, 10, waited);
    String text = String.format(Locale.ROOT, "waited %.1f s for data", waited);
    assertEquals(reported, report.toString().contains(text), report.toString());
    assertEquals(reported, report.toString().contains("waited"), report.toString());
  }
}
