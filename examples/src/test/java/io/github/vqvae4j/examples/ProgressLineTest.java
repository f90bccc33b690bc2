package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.metrics.CodeUsage;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TermReport;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The progress line fits into every terminal. Less important metrics are omitted first. */
class ProgressLineTest {
  private static final StepReport REPORT =
      new StepReport(
          420,
          1000,
          List.of(
              new TermReport("reconstruction", 0.01234, 10.5),
              new TermReport("commitment", 0.00321, 0.25)),
          0.13,
          3e-4,
          0.7,
          CodeUsage.of(new int[] {0, 1, 1}, 256),
          CodeUsage.of(new int[] {0, 1, 1}, 256),
          1234.5);

  private static String line(int width) {
    return ProgressLine.of(REPORT, Duration.ofSeconds(42), width);
  }

  @Test
  void neverWiderThanTheTerminal() {
    for (int width = 0; width < 200; width++) {
      int w = width;
      assertTrue(line(width).length() <= width, () -> w + ": " + line(w));
    }
  }

  @Test
  void wideTerminalShowsEverything() {
    String line = line(160);
    for (String text :
        List.of(
            "[========            ]",
            "420/1000",
            "0:58 left",
            "reconstruction 0.0123",
            "commitment 0.0032",
            "perplexity 2",
            "codes 2/256",
            "1235 images/s")) {
      assertTrue(line.contains(text), () -> text + " not in: " + line);
    }
  }

  @Test
  void standardTerminalShowsAllMetrics() {
    assertEquals(
        "420/1000 reconstruction 0.0123 commitment 0.0032 perplexity 2 codes 2 1235/s", line(79));
  }

  @Test
  void narrowTerminalKeepsStepAndTerms() {
    assertEquals("[===      ] 420/1000 reconstruction 0.0123 commitment 0.0032", line(60));
  }
}
