package io.github.vqvae4j.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** Names and notes in charts. */
class ChartTextTest {
  @Test
  void lossTermsHaveTheNamesOfTheField() {
    assertEquals("KL divergence", LossName.of("kl"));
    assertEquals("reconstruction error", LossName.of("reconstruction"));
    assertEquals("commitment loss", LossName.of("commitment"));
    assertEquals("top commitment loss", LossName.of("top/commitment"));
  }

  @Test
  void legendSaysWhereTheScoreIsCut() {
    assertEquals("score", SeriesPlots.scoreName(8, 8));
    assertEquals("score, cut at 8.0 (maximum 53.2)", SeriesPlots.scoreName(53.21, 8));
  }

  @Test
  void timeAxisHasTheUnitOfThePositions() {
    assertEquals("sample", new Timeline(0, 0).unit());
    assertEquals("time in s", new Timeline(0, 100).unit());
  }
}
