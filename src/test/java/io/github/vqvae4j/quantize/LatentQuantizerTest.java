package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LatentQuantizerTest {
  @Test
  void valuesStartWithEqualSteps() {
    try (Quantizer quantizer = LatentQuantizer.levels(3, 4, 2).build(new Rng(1))) {
      float[] expected = {-0.5f, 0, 0.5f, -0.5f, -0.25f, 0, 0.25f, -0.5f, 0};
      assertArrayEquals(expected, quantizer.parameters().get(0).toFloats());
    }
  }

  @Test
  void theFirstDimensionChangesFastest() {
    try (Quantizer quantizer = LatentQuantizer.levels(3, 4, 2).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor latents = step.tensor(new float[] {9, -9, -9, -9, 9, -9, -9, -9, 9, 0, 0, 0}, 4, 3);
      assertArrayEquals(new int[] {2, 9, 12, 19}, quantizer.encode(latents).toInts());
    }
  }

  /** Of two equally near values, the lower one is taken. */
  @Test
  void tiesHaveTheLowestDigit() {
    try (Quantizer quantizer = LatentQuantizer.levels(3, 4).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor latents = step.tensor(new float[] {0.25f, 0.125f, -0.25f, -0.375f}, 2, 2);
      assertArrayEquals(new int[] {1 + 3 * 2, 0}, quantizer.encode(latents).toInts());
    }
  }

  /** Values that have moved, even past each other, keep their codes. */
  @Test
  void codesAreThoseOfPositionsWhateverTheValues() {
    int k = 3 * 4 * 5;
    try (Quantizer quantizer = LatentQuantizer.levels(3, 4, 5).build(new Rng(1));
        Step step = Step.inference()) {
      double[] moved = {7, -3, 0.1, 2, 1, -1, 3, 0.5, 0.4, 0.3, -8, 9};
      quantizer.parameters().get(0).set(moved);
      Tensor codes = step.tensor(IntStream.range(0, k).toArray(), k);
      Tensor vectors = quantizer.lookup(codes);
      assertArrayEquals(codes.toInts(), quantizer.encode(vectors).toInts());
      assertArrayEquals(
          new float[] {-3, 1, -8},
          quantizer.lookup(step.tensor(new int[] {1 + 3 + 12 * 3}, 1)).toFloats());
    }
  }

  /** With equal weights, too, neither term cancels the other. */
  @Test
  void eachTermMovesItsOwnSide() {
    try (Quantizer quantizer = LatentQuantizer.levels(2, 3).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      Tensor z = step.tensor(new float[] {0.25f, 0.75f}, 1, 2).requireGradient();
      LossTerm.total(quantizer.quantize(z).terms()).backward();
      float[] toZ = {0.1f * 0.25f, 0.1f * 0.25f};
      float[] toV = {0, -0.1f * 0.25f, 0, 0, -0.1f * 0.25f};
      assertArrayEquals(toZ, z.gradient().toFloats(), 1e-7f);
      Parameter values = quantizer.parameters().get(0);
      assertArrayEquals(toV, step.gradient(values).toFloats(), 1e-7f);
    }
  }

  @Test
  void aFrozenQuantizerStillCommitsLatents() {
    try (Quantizer quantizer = LatentQuantizer.levels(2, 3).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      quantizer.freeze();
      Tensor z = step.tensor(new float[] {0.25f, 0.75f}, 1, 2).requireGradient();
      LossTerm.total(quantizer.quantize(z).terms()).backward();
      assertArrayEquals(new float[] {0.025f, 0.025f}, z.gradient().toFloats(), 1e-7f);
    }
  }

  @Test
  void manyCodesNeedNoTable() {
    int[] levels = {1000, 1000, 1000, 2};
    try (Quantizer quantizer = LatentQuantizer.levels(levels).build(new Rng(1));
        Step step = Step.inference()) {
      assertEquals(2_000_000_000, quantizer.codebookSize());
      int[] codes = {1_999_999_999, 1_000_000_000, 999_999_999, 0, 123_456_789};
      Tensor vectors = quantizer.lookup(step.tensor(codes, codes.length));
      assertArrayEquals(codes, quantizer.encode(vectors).toInts());
    }
  }

  @Test
  void badSettingsAreRefused() {
    assertMessage("levels[1]: expected a level from 2 to 1000, got 1", 3, 1);
    assertMessage("levels[0]: expected a level from 2 to 1000, got 1001", 1001);
    assertMessage("levels: expected at least one level");
    assertMessage("a product of less than 2^31", 1000, 1000, 1000, 3);
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> LatentQuantizer.levels(3).codebookWeight(-1)),
        "LatentQuantizerConfig.codebookWeight: expected a finite value of at least 0, got -1");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> LatentQuantizer.levels(3).commitmentWeight(Double.NaN)),
        "LatentQuantizerConfig.commitmentWeight: expected a finite value of at least 0, got NaN");
  }

  private static void assertMessage(String message, int... levels) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> LatentQuantizer.levels(levels)),
        message);
  }

  @Test
  void badLatentsAreRefused() {
    try (Quantizer quantizer = LatentQuantizer.levels(3, 3).build(new Rng(1));
        Step step = Step.inference()) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> quantizer.quantize(step.tensor(new float[6], 2, 3))),
          "LatentQuantizer: expected latents [.., 2], got [2, 3]");
      NonFiniteException thrown =
          assertThrows(
              NonFiniteException.class,
              () -> quantizer.encode(step.tensor(new float[] {1, 2, 3, Float.NaN}, 2, 2)));
      assertTrue(thrown.getMessage().contains("row 1, column 1"), thrown.getMessage());
    }
  }
}
