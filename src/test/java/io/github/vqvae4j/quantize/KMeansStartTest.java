package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The codebook follows the encoder outputs from the first step after k-means on. */
class KMeansStartTest {
  private static final float[] LATENTS = {0, 0, 10, 10};

  @Test
  void clusteringCountsAsOneStepOfTheAverages() {
    try (VectorQuantizer quantizer = initialized(VectorQuantizer.ema(2, 1))) {
      assertEquals(0.05, weight(quantizer), 1e-8);
      train(quantizer, 1, 2, 2, 14, 14);
      // (0.95 * center + mean of the step) / 1.95
      assertArrayEquals(new double[] {2 / 1.95, 23.5 / 1.95}, codes(quantizer), 1e-3);
      train(quantizer, 2, 2, 2, 14, 14);
      double w = 0.05 * (1 + 0.95 + 0.95 * 0.95);
      assertEquals(w, weight(quantizer), 1e-8);
      double first = 0.05 * 0.95 * 0.95 / w; // the share of the centers
      assertArrayEquals(new double[] {2 * (1 - first), 14 - 4 * first}, codes(quantizer), 1e-3);
    }
  }

  /** The codes themselves are not averages, and move by the optimizer only. */
  @Test
  void countsOfCodesTrainedByGradientDecayFromTheClusterSizes() {
    try (VectorQuantizer quantizer = initialized(VectorQuantizer.gradient(2, 1))) {
      for (int n = 1; n <= 300; n++) {
        train(quantizer, n, -2, -1, 1, 2);
      }
      assertEquals(1, weight(quantizer));
      assertArrayEquals(new double[] {0, 10}, codes(quantizer));
    }
  }

  @Test
  void averagesThatAreNotDebiasedDecayFromTheCenters() {
    EmaConfig biased = EmaConfig.DEFAULT.zeroDebiased(false);
    try (VectorQuantizer quantizer = initialized(VectorQuantizer.ema(2, 1).ema(biased))) {
      train(quantizer, 1, 2, 2, 14, 14);
      assertEquals(1, weight(quantizer));
      assertArrayEquals(new double[] {0.1, 10.2}, codes(quantizer), 1e-3);
    }
  }

  /** A code's share of the counts falls to 0.03 of the mean in 19 steps, not in 69. */
  @Test
  void codeThatIsNotSelectedIsRestartedAfterNineteenSteps() {
    try (VectorQuantizer quantizer = initialized(VectorQuantizer.ema(2, 1))) {
      for (int n = 1; n <= 16; n++) {
        train(quantizer, n, -2, -1, 1, 2);
      }
      // Laplace smoothing scales it by 1 - epsilon w / N = 1 - 1.5e-4.
      assertEquals(10, codes(quantizer)[1], 2e-3, "restarted too soon");
      for (int n = 17; n <= 21; n++) {
        train(quantizer, n, -2, -1, 1, 2);
      }
      assertTrue(codes(quantizer)[1] < 3, Arrays.toString(codes(quantizer)));
    }
  }

  /** Returns a quantizer with codes 0 and 10, in this order. */
  private static VectorQuantizer initialized(VectorQuantizerConfig config) {
    for (int seed = 0; ; seed++) {
      VectorQuantizer quantizer = config.build(new Rng(seed));
      quantizer.initialize(LATENTS, LATENTS.length, new Rng(seed));
      if (codes(quantizer)[0] == 0) {
        assertArrayEquals(new double[] {0, 10}, codes(quantizer));
        return quantizer;
      }
      quantizer.close();
    }
  }

  private static void train(VectorQuantizer quantizer, int n, float... latents) {
    try (Step step = Step.training(new RngKey(1, n, 0))) {
      quantizer.quantize(step.tensor(latents, latents.length, 1));
      step.commit();
    }
  }

  private static double weight(VectorQuantizer quantizer) {
    return quantizer.variables().get("weight").toDoubles()[0];
  }

  private static double[] codes(VectorQuantizer quantizer) {
    return quantizer.variables().get("codebook").toDoubles();
  }
}
