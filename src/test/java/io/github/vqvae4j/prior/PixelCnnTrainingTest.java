package io.github.vqvae4j.prior;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.CapturedLog;
import io.github.vqvae4j.train.Evaluation;
import io.github.vqvae4j.train.Trainer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Priors trained on maps whose entropy is known. */
class PixelCnnTrainingTest {
  private static final int HEIGHT = 4;
  private static final int WIDTH = 6;

  /** A code that ignores one neighbor, the class or the other map costs 0.8 nats. */
  private static final double TOLERANCE = 0.05;

  private static PixelCnnConfig small() {
    return PixelCnn.ofCodes(NoisySums.K).layers(3).firstKernel(3).channels(24).headChannels(48);
  }

  /** Returns the mean nats per code in excess of the true distribution. */
  private static double excess(
      PixelCnn prior, Condition condition, NoisySums truth, CodePairs heldOut) {
    double mean = Arrays.stream(prior.logProb(heldOut.codes(), condition)).average().orElseThrow();
    return (truth.meanLogProb(heldOut) - mean) / (HEIGHT * WIDTH);
  }

  @Test
  void learnsADistributionGivenTheClass() {
    NoisySums truth = new NoisySums(HEIGHT, WIDTH, 3, false);
    PixelCnn prior = small().classes(3).classDropout(0.1).build();
    Trainer.of(prior)
        .quiet()
        .optimizer(Adam.rate(3e-3))
        .batch(64)
        .steps(300)
        .fit(truth.draw(4_000, 1).codes());

    CodePairs heldOut = truth.draw(400, 2);
    Condition labels = Condition.labels(heldOut.codes().labels().orElseThrow());
    double excess = excess(prior, labels, truth, heldOut);
    assertTrue(excess > -0.01 && excess < TOLERANCE, "excess of " + excess + " nats per code");
    assertEquals(HEIGHT, prior.config().height());
    assertEquals(WIDTH, prior.config().width());

    double loss = Evaluation.of(prior, heldOut.codes()).loss();
    assertEquals(NoisySums.ENTROPY, loss, TOLERANCE + 0.02);
    double mean = Arrays.stream(prior.logProb(heldOut.codes(), labels)).average().orElseThrow();
    assertEquals(-mean / (HEIGHT * WIDTH), loss, 1e-5);

    // Without the class, the first code of a map reveals less than the others.
    double unknown = excess(prior, Condition.NONE, truth, heldOut);
    assertTrue(unknown > excess + 0.01, "excess of " + unknown + " nats per code");
  }

  @Test
  void learnsADistributionGivenAnotherMap() {
    NoisySums truth = new NoisySums(HEIGHT, WIDTH, 0, true);
    PixelCnn prior = small().conditionCodebookSize(NoisySums.K).build();
    Trainer.of(prior.ofPairs())
        .quiet()
        .optimizer(Adam.rate(3e-3))
        .batch(64)
        .steps(400)
        .fit(truth.draw(4_000, 3));
    CodePairs heldOut = truth.draw(400, 4);
    double excess = excess(prior, Condition.codes(heldOut.condition()), truth, heldOut);
    assertTrue(excess > -0.01 && excess < TOLERANCE, "excess of " + excess + " nats per code");
  }

  @Test
  void warnsOfCodesWithoutLabelsIfThereAreClasses() {
    Codes codes = new NoisySums(HEIGHT, WIDTH, 0, false).draw(8, 5).codes();
    PixelCnn prior = small().classes(3).classDropout(0.1).build();
    try (CapturedLog log = new CapturedLog(PixelCnn.class)) {
      Trainer<Codes> trainer = Trainer.of(prior).quiet().batch(4).steps(1);
      trainer.fit(codes.withLabels(new int[8]));
      assertEquals(List.of(), log.warnings());
      trainer.fit(codes);
      assertEquals(1, log.warnings().size());
      assertTrue(log.warnings().get(0).contains("a prior of 3 classes"), log.warnings()::toString);
    }
  }
}
