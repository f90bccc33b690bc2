package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Distance;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Estimator;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.train.Gradients;
import io.github.vqvae4j.train.Sgd;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the options of vector quantizers are for, and what they refuse. */
class VectorQuantizerOptionsTest {
  private static VectorQuantizerConfig gradient(int k, int d) {
    return VectorQuantizer.gradient(k, d).init(Initialization.NORMAL).deadCodeThreshold(0);
  }

  @ParameterizedTest
  @EnumSource(Distance.class)
  void latentsOfZeroHaveAFiniteGradient(Distance distance) {
    for (Estimator estimator : new Estimator[] {Estimator.STRAIGHT_THROUGH, Estimator.ROTATION}) {
      try (Quantizer quantizer =
              gradient(4, 3).distance(distance).estimator(estimator).build(new Rng(1));
          Step step = Step.training(new RngKey(1, 0, 0))) {
        Tensor x = step.tensor(new float[] {0, 0, 0, 1, -2, 3}, 2, 3).requireGradient();
        Quantized quantized = quantizer.quantize(x);
        Tensor upstream = step.tensor(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
        quantized.quantized().mul(upstream).sum().backward();
        float[] gradient = Arrays.copyOf(x.gradient().toFloats(), 3);
        float[] expected =
            distance == Distance.COSINE ? new float[] {0, 0, 0} : new float[] {1, 2, 3};
        assertArrayEquals(expected, gradient, distance + " " + estimator);
      }
    }
  }

  @Test
  void combinationsWithoutMeaningAreRejected() {
    VectorQuantizerConfig ema = VectorQuantizer.ema(4, 3);
    VectorQuantizerConfig byGradient = VectorQuantizer.gradient(4, 3);
    assertRejected(
        () -> ema.estimator(Estimator.DIVEQ), "estimator", "got DIVEQ", "gradient(K, D)");
    assertRejected(
        () -> byGradient.distance(Distance.COSINE).estimator(Estimator.DIVEQ), "estimator");
    assertRejected(
        () -> ema.temperature(1).estimator(Estimator.ROTATION), "temperature", "got 1.0");
    assertRejected(() -> ema.temperature(-1), "temperature", "at least 0, got -1.0");
    assertRejected(() -> ema.temperature(Double.NaN), "temperature", "NaN");
    assertRejected(() -> ema.orthogonality(0.1), "orthogonality", "got 0.1", "gradient(K, D)");
    assertRejected(() -> byGradient.orthogonality(-0.1), "orthogonality", "got -0.1");
    assertRejected(() -> byGradient.directionNoise(1.5), "directionNoise", "[0, 1], got 1.5");
    assertRejected(() -> byGradient.distance(Distance.COSINE).affine(true), "affine");
    assertRejected(() -> ema.deadCodeThreshold(0).onlineClustering(true), "onlineClustering");
    assertRejected(
        () -> byGradient.onlineClustering(true), "onlineClustering", "deadCodeThreshold(0)");
    assertThrows(NullPointerException.class, () -> ema.distance(null));
    assertThrows(NullPointerException.class, () -> ema.estimator(null));
  }

  private static void assertRejected(
      Supplier<VectorQuantizerConfig> settings, String component, String... details) {
    IllegalArgumentException e = assertThrows(IllegalArgumentException.class, settings::get);
    assertMessageContains(e, "VectorQuantizerConfig." + component + ": expected");
    assertMessageContains(e, details);
  }

  @Test
  void sampledCodesHaveTheProbabilitiesOfTheirDistances() {
    int n = 40_000;
    double temperature = 0.8;
    try (VectorQuantizer quantizer = gradient(4, 2).temperature(temperature).build(new Rng(1));
        Step step = Step.training(new RngKey(3, 0, 0))) {
      float[] e = {0, 0, 1, 0, 0, 1, 2, 2};
      quantizer.variables().get("codebook").set(e);
      float[] rows = new float[2 * n];
      for (int i = 0; i < n; i++) {
        rows[2 * i] = 0.6f;
        rows[2 * i + 1] = 0.2f;
      }
      Tensor x = step.tensor(rows, n / 10, 10, 2);
      long[] counts = quantizer.quantize(x).usage().get(0).counts();
      double[] weights = new double[4];
      for (int k = 0; k < 4; k++) {
        double square = Math.pow(e[2 * k] - 0.6, 2) + Math.pow(e[2 * k + 1] - 0.2, 2);
        weights[k] = Math.exp(-square / temperature);
      }
      double sum = Arrays.stream(weights).sum();
      double chiSquare = 0;
      for (int k = 0; k < 4; k++) {
        double expected = n * weights[k] / sum;
        chiSquare += Math.pow(counts[k] - expected, 2) / expected;
      }
      assertTrue(chiSquare < 16.3, chiSquare + " exceeds the 99.9 % quantile: seed 3");
      quantizer.eval();
      assertEquals(
          n, quantizer.quantize(x).usage().get(0).counts()[1], "evaluation takes the nearest");
    }
  }

  @Test
  void aLowTemperatureSamplesTheNearestCode() {
    float[] rows = QuantizerCase.gaussians(300, 1);
    int[][] codes = new int[2][];
    for (int i = 0; i < 2; i++) {
      try (Quantizer quantizer = gradient(9, 3).temperature(1e-6 * i).build(new Rng(1));
          Step step = Step.training(new RngKey(1, 0, 0))) {
        codes[i] = quantizer.quantize(step.tensor(rows, 100, 3)).codes().toInts();
      }
    }
    assertArrayEquals(codes[0], codes[1]);
  }

  @Test
  void onlineClusteringMovesUnusedCodesToLatents() {
    VectorQuantizerConfig config = gradient(32, 3);
    int fixed = codesInUse(config, 0);
    int clustered = codesInUse(config.onlineClustering(true), 0);
    assertTrue(fixed < 8, fixed + " without");
    assertTrue(clustered > 20, clustered + " with");
  }

  @Test
  void anAffineCodebookFollowsTheLatents() {
    VectorQuantizerConfig config = VectorQuantizer.ema(32, 3).init(Initialization.NORMAL);
    VectorQuantizerConfig fixed = config.deadCodeThreshold(0);
    assertTrue(codesInUse(fixed, 50) < 10);
    assertTrue(codesInUse(fixed.affine(true), 50) > 25);
  }

  /** Trains on latents far from the initial codebook, and returns the codes of the last step. */
  private static int codesInUse(VectorQuantizerConfig config, float offset) {
    int used = 0;
    try (VectorQuantizer quantizer = config.build(new Rng(1))) {
      if (offset == 0) {
        float[] first = quantizer.variables().get("codebook").toFloats();
        for (int i = 9; i < first.length; i++) {
          first[i] *= 40; // far away, but for three codes
        }
        quantizer.variables().get("codebook").set(first);
      }
      for (int i = 0; i < 30; i++) {
        float[] rows = QuantizerCase.gaussians(3 * 600, i);
        for (int j = 0; j < rows.length; j++) {
          rows[j] = 3 * rows[j] + offset;
        }
        try (Step step = Step.training(new RngKey(1, i, 0))) {
          used = quantizer.quantize(step.tensor(rows, 600, 3)).usage().get(0).codesInUse();
          step.commit();
        }
      }
    }
    return used;
  }

  @Test
  void orthogonalityIsZeroForOrthogonalCodesAndLargestForEqualOnes() {
    try (VectorQuantizer quantizer = gradient(3, 3).orthogonality(2).build(new Rng(1))) {
      assertEquals(0, orthogonality(quantizer, 2, 0, 0, 0, -3, 0, 0, 0, 0.5f), 1e-7);
      assertEquals(2 / 3.0, orthogonality(quantizer, 1, 1, 1, 2, 2, 2, 5, 5, 5), 1e-6);
    }
  }

  private static double orthogonality(VectorQuantizer quantizer, float... codebook) {
    quantizer.variables().get("codebook").set(codebook);
    try (Step step = Step.inference()) {
      return quantizer.quantize(step.tensor(new float[3], 1, 3)).terms().stream()
          .filter(term -> term.name().equals("orthogonality"))
          .mapToDouble(term -> term.value().item())
          .findFirst()
          .orElseThrow();
    }
  }

  @Test
  void diveqMovesLatentsByTheirDistanceFromTheCode() {
    try (Quantizer quantizer =
            gradient(9, 3).estimator(Estimator.DIVEQ).directionNoise(0.1).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      Tensor x = step.tensor(QuantizerCase.gaussians(60, 1), 20, 3);
      Quantized quantized = quantizer.quantize(x);
      double[] moved = x.sub(quantized.quantized()).square().sum(-1).toDoubles();
      double[] error = x.sub(quantizer.lookup(quantized.codes())).square().sum(-1).toDoubles();
      assertArrayEquals(error, moved, 1e-5);
      assertFalse(
          Arrays.equals(
              quantized.quantized().toFloats(), quantizer.lookup(quantized.codes()).toFloats()));
    }
  }

  @Test
  void aFrozenCodebookChangesNothing() {
    for (VectorQuantizerConfig config :
        new VectorQuantizerConfig[] {
          VectorQuantizer.ema(5, 3).init(Initialization.NORMAL).affine(true),
          VectorQuantizer.ema(5, 3).init(Initialization.NORMAL).distance(Distance.COSINE),
          gradient(5, 3).onlineClustering(true)
        }) {
      try (Quantizer quantizer = config.build(new Rng(1));
          Step step = Step.training(new RngKey(1, 0, 0))) {
        Map<String, double[]> before = QuantizerOracle.state(quantizer);
        quantizer.freeze();
        Tensor x = step.tensor(QuantizerCase.gaussians(60, 1), 20, 3).requireGradient();
        LossTerm.total(quantizer.quantize(x).terms()).backward();
        Sgd.rate(0.1).update(quantizer.parameters(), Gradients.of(step), 0.1);
        step.commit();
        QuantizerBatches.assertSame(before, QuantizerOracle.state(quantizer));
      }
    }
  }

  /** Units of latents are clustered, not the latents, of which one is very long. */
  @Test
  void kMeansOfACosineCodebookClustersDirections() {
    try (VectorQuantizer quantizer =
        VectorQuantizer.ema(2, 2).distance(Distance.COSINE).build(new Rng(1))) {
      float[] latents = {1e4f, 1, 1e-3f, 0, 2, 0.01f, 0, 3, 0.1f, 30, 0, 1e-5f};
      quantizer.initialize(latents, 6, new Rng(1));
      float[] codebook = quantizer.codebook();
      boolean firstIsX = codebook[0] > codebook[1];
      float[] expected = firstIsX ? new float[] {1, 0, 0, 1} : new float[] {0, 1, 1, 0};
      assertArrayEquals(expected, codebook, 0.01f);
    }
  }
}
