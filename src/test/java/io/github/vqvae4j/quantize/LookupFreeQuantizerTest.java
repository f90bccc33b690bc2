package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.LookupFreeQuantizerConfig.BitOrder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LookupFreeQuantizerTest {
  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static int code(LookupFreeQuantizerConfig config, float... x) {
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.inference()) {
      return quantizer.encode(step.tensor(x, 1, x.length)).toInts()[0];
    }
  }

  private static float[] lookup(LookupFreeQuantizerConfig config, int... codes) {
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.inference()) {
      return quantizer.lookup(step.tensor(codes, codes.length)).toFloats();
    }
  }

  @Test
  void theFirstDimensionIsTheLeastOrMostSignificantBit() {
    LookupFreeQuantizerConfig least = LookupFreeQuantizer.bits(4);
    LookupFreeQuantizerConfig most = least.bitOrder(BitOrder.FIRST_MOST_SIGNIFICANT);
    assertEquals(1, code(least, 1, -1, -1, -1));
    assertEquals(8, code(most, 1, -1, -1, -1));
    assertEquals(6, code(least, -1, 0.1f, 3, -1));
    assertEquals(3, code(most, -1, -0.1f, 3, 1e-30f));
    assertArrayEquals(new float[] {1, -1, 1, 1, -1, -1, -1, -1}, lookup(least, 13, 0));
    assertArrayEquals(new float[] {1, 1, -1, 1, -1, -1, -1, -1}, lookup(most, 13, 0));
  }

  @Test
  void zeroIsNegative() {
    assertEquals(0, code(LookupFreeQuantizer.bits(3), 0, -0f, 0));
    assertEquals(0, code(LookupFreeQuantizer.spherical(3), 0, -0f, 0));
    assertEquals(2, code(LookupFreeQuantizer.spherical(3), 0, Float.MIN_VALUE, -0f));
  }

  @Test
  void valuesHaveTheScale() {
    assertArrayEquals(new float[] {2.5f, -2.5f}, lookup(LookupFreeQuantizer.bits(2).scale(2.5), 1));
    float[] vector = lookup(LookupFreeQuantizer.spherical(18).scale(3), 98_765);
    double squares = 0;
    for (float value : vector) {
      squares += value * value;
    }
    assertEquals(9, squares, 1e-5);
  }

  /** Every bit of the greatest codes is exact, and nothing has K elements. */
  @ParameterizedTest
  @EnumSource(BitOrder.class)
  void codesOf30BitsAreExact(BitOrder order) {
    int k = 1 << 30;
    int[] codes = {k - 1, k - 2, k / 2, k / 2 - 1, 0, 1, 715_827_882, 123_456_789};
    LookupFreeQuantizerConfig config = LookupFreeQuantizer.bits(30).bitOrder(order);
    float[] values = lookup(config, codes);
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      assertEquals(k, quantizer.codebookSize());
      Quantized quantized = quantizer.quantize(step.tensor(values, codes.length, 30));
      assertArrayEquals(codes, quantized.codes().toInts());
      assertArrayEquals(values, quantized.quantized().toFloats());
      assertEquals(codes.length, quantized.usage().get(0).codesInUse());
    }
  }

  private static double entropy(LookupFreeQuantizerConfig config, DType type, float... latents) {
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      quantizer.convert(type);
      int d = config.bits();
      Tensor x = step.tensor(latents, latents.length / d, d).to(type).requireGradient();
      LossTerm term = quantizer.quantize(x).terms().get(0);
      assertEquals("entropy", term.name());
      return term.value().item();
    }
  }

  /** With each probability clamped to 1e-5, the entropy of 2^18 equal ones would be 11.5. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT", "DOUBLE"})
  void entropyOfEquallyFrequentCodesIsThatOfAllBits(DType type) {
    double all = 18 * Math.log(2);
    LookupFreeQuantizerConfig config = LookupFreeQuantizer.bits(18).inverseTemperature(1);
    assertEquals(0, entropy(config, type, new float[3 * 18]), 1e-5, "uncertain rows");
    assertEquals(all, entropy(config.diversityWeight(0), type, new float[3 * 18]), 1e-5);
    assertEquals(-9 * all, entropy(config.diversityWeight(10), type, new float[18]), 1e-4);
  }

  /** Rows that are certain of their codes: the entropy is that of the codes' frequencies. */
  @Test
  void entropyOfCertainRowsIsThatOfTheirCodes() {
    int d = 18;
    Rng rng = new Rng(3);
    float[] latents = new float[5_000 * d];
    for (int i = 0; i < latents.length; i++) {
      boolean copy = i % d != 0 && rng.nextDouble() < 0.9; // bits that depend on each other
      latents[i] = copy ? latents[i - 1] : rng.nextDouble() < 0.5 ? 1 : -1;
    }
    LookupFreeQuantizerConfig config = LookupFreeQuantizer.bits(d);
    double perplexity;
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.inference()) {
      perplexity = quantizer.quantize(step.tensor(latents, 5_000, d)).usage().get(0).perplexity();
    }
    double exact = -entropy(config, DType.FLOAT, latents);
    assertEquals(Math.log(perplexity), exact, 1e-4);
    double byGroups = -entropy(config.entropyGroupBits(6), DType.FLOAT, latents);
    assertTrue(byGroups > exact + 0.1, byGroups + " of groups, " + exact);
    double byBits = -entropy(config.entropyGroupBits(1), DType.FLOAT, latents);
    assertTrue(byBits > byGroups + 0.1, byBits + " of bits, " + byGroups + " of groups");
  }

  /** Groups of equal bits have the exact entropy if the bits are independent. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 9})
  void groupsOfIndependentBitsAreExact(int groupBits) {
    int d = 10;
    float[] latents = new float[(1 << d) * d];
    for (int i = 0; i < latents.length; i++) {
      latents[i] = (i / d >> i % d & 1) == 1 ? 0.3f : -0.1f * (i % d);
    }
    LookupFreeQuantizerConfig config = LookupFreeQuantizer.bits(d).inverseTemperature(1);
    assertEquals(
        entropy(config, DType.DOUBLE, latents),
        entropy(config.entropyGroupBits(groupBits), DType.DOUBLE, latents),
        1e-9);
  }

  private static float[] gradient(LookupFreeQuantizerConfig config, float... latents) {
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      int d = config.bits();
      Tensor x = step.tensor(latents, latents.length / d, d).requireGradient();
      LossTerm.total(quantizer.quantize(x).terms()).backward();
      return x.gradient().toFloats();
    }
  }

  /** Rows are processed in chunks: three copies of rows have a third of their gradient each. */
  @Test
  void gradientOfManyRowsIsThatOfTheirShareOfTheMean() {
    LookupFreeQuantizerConfig config = LookupFreeQuantizer.bits(7).inverseTemperature(0.5);
    float[] rows = QuantizerCase.gaussians(900 * 7, 4);
    float[] copies = new float[3 * rows.length];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = rows[i % rows.length];
    }
    float[] expected = gradient(config.entropyWeight(1000), rows);
    float[] actual = gradient(config.entropyWeight(1000), copies);
    for (int i = 0; i < actual.length; i++) {
      assertEquals(expected[i % rows.length] / 3, actual[i], 2e-5);
    }
  }

  /** The probabilities of all codes of all rows would take 8.6 GB. */
  @Test
  void aStepOfManyRowsAndCodesTakesLittleMemory() {
    int rows = 8_192;
    int d = 18;
    float[] latents = QuantizerCase.gaussians(rows * d, 5);
    try (Quantizer quantizer = LookupFreeQuantizer.bits(d).build(new Rng(1))) {
      long offHeap = Pointer.totalBytes();
      long heap = THREADS.getThreadAllocatedBytes(Thread.currentThread().getId());
      try (Step step = Step.training(new RngKey(1, 0, 0))) {
        Tensor x = step.tensor(latents, rows, d).requireGradient();
        LossTerm.total(quantizer.quantize(x).terms()).backward();
        long bytes = step.bytes() + step.workspaceBytes() + Pointer.totalBytes() - offHeap;
        bytes += THREADS.getThreadAllocatedBytes(Thread.currentThread().getId()) - heap;
        assertTrue(bytes < 200_000_000, bytes + " bytes");
        assertTrue(Arrays.stream(x.gradient().toDoubles()).allMatch(Double::isFinite));
      }
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    for (int bits : new int[] {0, -1, 31}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> LookupFreeQuantizer.bits(bits)),
          "LookupFreeQuantizerConfig.bits: expected from 1 to 30 bits, got " + bits);
    }
    LookupFreeQuantizerConfig config = LookupFreeQuantizer.bits(4).scale(2);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.softClamp(1.9)),
        "softClamp: expected 0 for none, or a finite value of at least the scale 2.0, got 1.9");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> LookupFreeQuantizer.spherical(4).softClamp(2)),
        "softClamp: expected 0 for latents on a sphere, got 2.0");
    for (int groupBits : new int[] {0, 19}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> config.entropyGroupBits(groupBits)),
          "entropyGroupBits: expected from 1 to 18 bits, got " + groupBits);
    }
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> config.scale(bad));
      assertThrows(IllegalArgumentException.class, () -> config.inverseTemperature(bad));
      assertThrows(IllegalArgumentException.class, () -> config.entropyWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.diversityWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.commitmentWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.softClamp(bad));
    }
    assertThrows(IllegalArgumentException.class, () -> config.scale(0));
    assertThrows(IllegalArgumentException.class, () -> config.inverseTemperature(0));
  }

  @Test
  void latentsOfAnotherDimensionAndNonFiniteOnesAreRejected() {
    try (Quantizer quantizer = LookupFreeQuantizer.bits(2).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor wide = step.tensor(new float[6], 2, 3);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> quantizer.quantize(wide)),
          "LookupFreeQuantizer: expected latents [.., 2], got [2, 3]",
          "as many output channels");
      Tensor infinite = step.tensor(new float[] {1, 2, 3, Float.NaN}, 2, 2);
      assertMessageContains(
          assertThrows(NonFiniteException.class, () -> quantizer.encode(infinite)),
          "LookupFreeQuantizer: row 1, column 1 of the latents is NaN");
    }
  }
}
