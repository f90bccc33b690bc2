package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BinaryQuantizerTest {
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT", "DOUBLE"})
  void resultsMatchPyTorch(DType dtype) throws IOException {
    Golden golden = Golden.read("binary");
    double tolerance = dtype == DType.DOUBLE ? 1e-9 : 2e-5;
    BinaryQuantizerConfig config =
        BinaryQuantizer.bits((int) golden.number("bits"))
            .temperature(golden.number("temperature"))
            .klWeight(golden.number("weight"))
            .klThreshold(golden.number("threshold"));
    try (BinaryQuantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      quantizer.convert(dtype);
      Tensor x = tensor(step, golden, "x", dtype).requireGradient();
      Quantized quantized = quantizer.quantized(x, tensor(step, golden, "uniform", dtype));
      assertArrayEquals(golden.ints("codes"), quantized.codes().toInts());
      golden.assertClose("y", quantized.quantized().toDoubles(), tolerance);
      golden.assertClose("kl", quantized.terms().get(0).value().toDoubles(), tolerance);
      Tensor upstream = quantized.quantized().mul(tensor(step, golden, "dy", dtype)).sum();
      upstream.add(LossTerm.total(quantized.terms())).backward();
      golden.assertClose("d.x", x.gradient().toDoubles(), tolerance);
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }

  @Test
  void theFirstBitIsTheLeastSignificant() {
    try (Quantizer quantizer = BinaryQuantizer.bits(3).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor logits = step.tensor(new float[] {1, -1, -1, -1, 0, 1e-30f, 0, -0f, 0}, 3, 3);
      Tensor codes = quantizer.encode(logits);
      assertArrayEquals(new int[] {1, 4, 0}, codes.toInts());
      assertArrayEquals(
          new float[] {1, -1, -1, -1, -1, 1, -1, -1, -1}, quantizer.lookup(codes).toFloats());
    }
  }

  @Test
  void codesOf30BitsAreExact() {
    int[] codes = {(1 << 30) - 1, 1 << 29, 123_456_789, 0};
    try (Quantizer quantizer = BinaryQuantizer.bits(30).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor vectors = quantizer.lookup(step.tensor(codes, 4));
      assertArrayEquals(codes, quantizer.encode(vectors).toInts());
    }
  }

  /** Bits are sampled with the probability sigmoid(l / T), in training only. */
  @Test
  void trainingSamplesBits() {
    int rows = 20_000;
    float[] logits = new float[rows];
    Arrays.fill(logits, 1.5f);
    try (Quantizer quantizer = BinaryQuantizer.bits(1).temperature(3).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      Tensor x = step.tensor(logits, rows, 1).requireGradient();
      double share = Arrays.stream(quantizer.quantize(x).codes().toInts()).average().orElse(0);
      assertEquals(1 / (1 + Math.exp(-0.5)), share, 0.015);
      quantizer.eval();
      assertEquals(1, Arrays.stream(quantizer.quantize(x).codes().toInts()).min().orElse(0));
    }
  }

  /** Certain bits carry n ln 2 nats, fair ones none; up to the threshold there is no loss. */
  @Test
  void theTermIsTheInformationAboveTheThreshold() {
    assertEquals(3 * Math.log(2), kl(0, 100, -100, 100), 1e-6);
    assertEquals(2 * Math.log(2), kl(Math.log(2), 100, -100, 100), 1e-6);
    assertEquals(0, kl(0, 0, 0, 0), 1e-6);
    assertEquals(0, kl(Math.log(2), 0, 100, 0), 1e-6);
  }

  private static double kl(double threshold, float... logits) {
    BinaryQuantizerConfig config = BinaryQuantizer.bits(3).klThreshold(threshold);
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      Tensor x = step.tensor(logits, 1, 3).requireGradient();
      return quantizer.quantize(x).terms().get(0).value().item();
    }
  }

  @Test
  void badInputIsRefused() {
    BinaryQuantizerConfig config = BinaryQuantizer.bits(2);
    assertMessage("bits: expected from 1 to 30 bits, got 0", () -> BinaryQuantizer.bits(0));
    assertMessage("bits: expected from 1 to 30 bits, got 31", () -> BinaryQuantizer.bits(31));
    assertMessage(
        "temperature: expected a finite value greater than 0, got 0", () -> config.temperature(0));
    assertMessage("klWeight: expected a finite value of at least 0", () -> config.klWeight(-1));
    assertMessage(
        "klThreshold: expected a finite value of at least 0", () -> config.klThreshold(Double.NaN));
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.inference()) {
      assertMessage(
          "BinaryQuantizer: expected latents [.., 2], got [2, 3]",
          () -> quantizer.quantize(step.tensor(new float[6], 2, 3)));
      assertMessageContains(
          assertThrows(
              NonFiniteException.class,
              () -> quantizer.encode(step.tensor(new float[] {1, Float.NaN}, 1, 2))),
          "row 0, column 1");
    }
  }

  private static void assertMessage(String message, Executable action) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, action), message);
  }
}
