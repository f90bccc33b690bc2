package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteScalarQuantizerTest {
  private static int code(FiniteScalarQuantizerConfig config, double... z) {
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.inference()) {
      return quantizer.encode(step.tensor(z, 1, z.length).to(DType.FLOAT)).toInts()[0];
    }
  }

  private static float[] lookup(FiniteScalarQuantizerConfig config, int... codes) {
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.inference()) {
      return quantizer.lookup(step.tensor(codes, codes.length)).toFloats();
    }
  }

  /** Digits 7, 4, 4, 4 are 999 in both orders; 1, 0, 0, 0 are 1 or 125; 0, 0, 0, 1 are 200 or 1. */
  @Test
  void codesAreThoseOfTheAuthorsOrReversed() {
    FiniteScalarQuantizerConfig fastest = FiniteScalarQuantizer.levels(8, 5, 5, 5);
    FiniteScalarQuantizerConfig slowest = fastest.order(IndexOrder.FIRST_LEVEL_SLOWEST);
    float[] last = {0.75f, 1, 1, 1};
    float[] first = {-0.75f, -1, -1, -1};
    float[] fourth = {-1, -1, -1, -0.5f};
    assertArrayEquals(last, lookup(fastest, 999));
    assertArrayEquals(last, lookup(slowest, 999));
    assertArrayEquals(first, lookup(fastest, 1));
    assertArrayEquals(first, lookup(slowest, 125));
    assertArrayEquals(fourth, lookup(fastest, 200));
    assertArrayEquals(fourth, lookup(slowest, 1));
    assertEquals(999, code(fastest, 9, 9, 9, 9));
    assertEquals(0, code(fastest, -9, -9, -9, -9));
    assertEquals(7, code(fastest, 9, -9, -9, -9));
    assertEquals(875, code(slowest, 9, -9, -9, -9));
  }

  @Test
  void zeroIsTheCenterOfThePublishedForm() {
    FiniteScalarQuantizerConfig published = FiniteScalarQuantizer.levels(8, 5, 6, 3);
    assertArrayEquals(new float[4], lookup(published, code(published, 0, 0, 0, 0)));
    FiniteScalarQuantizerConfig symmetric = FiniteScalarQuantizer.symmetric(8, 5, 2);
    float[] above = {1 / 7f, 0, 1};
    assertArrayEquals(above, lookup(symmetric, code(symmetric, 0, 0, 0)));
  }

  /** Feeding back digits is not idempotent, since tanh is not; the inverse of the bound is. */
  @Test
  void publishedDigitsFedBackMoveToTheCenter() {
    FiniteScalarQuantizerConfig config = FiniteScalarQuantizer.levels(8);
    float[] values = lookup(config, 0, 1, 2, 3, 4, 5, 6, 7);
    int[] again = IntStream.range(0, 8).map(i -> code(config, values[i])).toArray();
    assertArrayEquals(new int[] {1, 2, 2, 3, 4, 5, 5, 6}, again);
  }

  /** All levels, with the largest values that float has: no digit is below 0 or above L - 1. */
  @Test
  void digitsOfAllLevelsAreInRange() {
    float[] extremes = {Float.MAX_VALUE, 1e10f, 20, 9, 5, 0, -5, -9, -20, -1e10f, -Float.MAX_VALUE};
    for (int level = 2; level <= 1000; level++) {
      try (Quantizer symmetric = FiniteScalarQuantizer.symmetric(level).build(new Rng(1));
          Quantizer published = FiniteScalarQuantizer.levels(Math.max(3, level)).build(new Rng(1));
          Step step = Step.inference()) {
        for (Quantizer quantizer : new Quantizer[] {symmetric, published}) {
          int[] codes = quantizer.encode(step.tensor(extremes, extremes.length, 1)).toInts();
          assertEquals(quantizer.codebookSize() - 1, codes[0]);
          assertEquals(0, codes[codes.length - 1]);
          assertTrue(Arrays.stream(codes).allMatch(c -> c >= 0 && c < quantizer.codebookSize()));
        }
      }
    }
  }

  /** Nearly 2^31 codes: every digit of the greatest ones is exact, and nothing has K elements. */
  @ParameterizedTest
  @EnumSource(IndexOrder.class)
  void largeCodebooksAreExactAndTakeNoMemory(IndexOrder order) {
    FiniteScalarQuantizerConfig config =
        FiniteScalarQuantizer.levels(1000, 999, 7, 307).order(order);
    int k = 1000 * 999 * 7 * 307;
    int[] codes = {k - 1, k - 2, k - 1000, 999, 1000, 307, 0, k / 2, k / 3};
    float[] values = lookup(config, codes);
    try (FiniteScalarQuantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new Rng(1))) {
      assertEquals(k, quantizer.codebookSize());
      double[] inverse = new double[values.length];
      for (int i = 0; i < inverse.length; i++) {
        int level = config.levels().get(i % 4);
        double h = (level - 1) * 1.001 / 2;
        double o = level % 2 == 0 ? 0.5 : 0;
        double u = (values[i] * (level / 2) + o) / h;
        double s = o / h;
        inverse[i] = 0.5 * Math.log((1 + u) / (1 - u)) - 0.5 * Math.log((1 + s) / (1 - s));
      }
      quantizer.convert(DType.DOUBLE);
      Quantized quantized = quantizer.quantize(step.tensor(inverse, codes.length, 4));
      assertArrayEquals(codes, quantized.codes().toInts());
      assertEquals(codes.length, quantized.usage().get(0).codesInUse());
    }
  }

  @Test
  void aShareOfTheExamplesGetsNoiseInTrainingOnly() {
    FiniteScalarQuantizerConfig config = FiniteScalarQuantizer.symmetric(5, 4).noise(0.3);
    int examples = 2_000;
    float[] z = new float[examples * 3 * 2];
    for (int i = 0; i < z.length; i++) {
      z[i] = (i % 17 - 8) / 6f;
    }
    try (Quantizer quantizer = config.build(new Rng(1));
        Step training = Step.training(new RngKey(3, 4, 0));
        Step inference = Step.inference(new RngKey(3, 4, 0))) {
      float[] rounded =
          quantizer.quantize(inference.tensor(z, examples, 3, 2)).quantized().toFloats();
      Quantized trained = quantizer.quantize(training.tensor(z, examples, 3, 2));
      float[] noisy = trained.quantized().toFloats();
      int count = 0;
      double squares = 0;
      for (int i = 0; i < examples; i++) {
        int changed = 0;
        for (int j = i * 6; j < i * 6 + 6; j++) {
          changed += noisy[j] == rounded[j] ? 0 : 1;
          double step = 1.0 / (j % 2 == 0 ? 4 : 3);
          double error = (noisy[j] - Math.tanh(z[j])) / step;
          squares += noisy[j] == rounded[j] ? 0 : error * error;
          assertTrue(noisy[j] == rounded[j] || Math.abs(error) <= 1.00001, "at most half a step");
        }
        assertTrue(changed == 0 || changed == 6, "whole examples");
        count += changed / 6;
      }
      assertEquals(0.3, count / (double) examples, 0.04);
      assertEquals(1 / 3.0, squares / (6 * count), 0.02, "uniform");
      assertArrayEquals(
          quantizer.encode(inference.tensor(z, examples, 3, 2)).toInts(), trained.codes().toInts());
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertRejected("at least 3 in the published form", "FiniteScalarQuantizer.symmetric", 8, 2);
    assertRejected("levels[1]: expected a level from 2 to 1000", "got 1", 8, 1);
    assertRejected("levels[0]: expected a level from 2 to 1000", "got 1001", 1001);
    assertRejected("at least one level", "got []");
    assertRejected("a product of less than 2^31", "got [1000, 1000, 1000, 3]", 1000, 1000, 1000, 3);
    FiniteScalarQuantizerConfig config = FiniteScalarQuantizer.levels(5, 3);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.noise(0.5)),
        "expected 0 in the published form, got 0.5",
        "FiniteScalarQuantizer.symmetric");
    for (double share : new double[] {-0.1, 1.1, Double.NaN}) {
      assertThrows(
          IllegalArgumentException.class, () -> FiniteScalarQuantizer.symmetric(5).noise(share));
    }
  }

  private static void assertRejected(String expected, String detail, int... levels) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> FiniteScalarQuantizer.levels(levels)),
        "FiniteScalarQuantizerConfig.levels",
        expected,
        detail);
  }

  @Test
  void latentsOfAnotherDimensionAndNonFiniteOnesAreRejected() {
    try (Quantizer quantizer = FiniteScalarQuantizer.levels(5, 3).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor wide = step.tensor(new float[6], 2, 3);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> quantizer.quantize(wide)),
          "FiniteScalarQuantizer: expected latents [.., 2], got [2, 3]",
          "ProjectedQuantizer.of(3, ..)");
      Tensor infinite = step.tensor(new float[] {1, 2, 3, Float.NEGATIVE_INFINITY}, 2, 2);
      assertMessageContains(
          assertThrows(NonFiniteException.class, () -> quantizer.encode(infinite)),
          "FiniteScalarQuantizer: row 1, column 1 of the latents is -Infinity");
    }
  }
}
