package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SimVectorQuantizerTest {
  @ParameterizedTest
  @CsvSource({
    "simvq, false, FLOAT",
    "simvq, false, DOUBLE",
    "simvq_bias, true, FLOAT",
    "simvq_bias, true, DOUBLE"
  })
  void resultsMatchPyTorch(String name, boolean bias, DType dtype) throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? 1e-9 : 2e-5;
    long[] sizes = golden.shape("fixed");
    SimVectorQuantizerConfig config =
        SimVectorQuantizer.codes((int) sizes[0], (int) golden.shape("projection.weight")[1])
            .fixedDimension((int) sizes[1])
            .bias(bias)
            .codebookWeight(golden.number("codebook_weight"))
            .commitmentWeight(golden.number("commitment_weight"));
    try (SimVectorQuantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      quantizer.convert(dtype);
      for (Map.Entry<String, Variable> variable : quantizer.variables().entrySet()) {
        variable.getValue().set(golden.doubles(variable.getKey()));
      }
      Tensor x = tensor(step, golden, "x", dtype).requireGradient();
      Quantized quantized = quantizer.quantize(x);
      assertArrayEquals(golden.ints("codes"), quantized.codes().toInts());
      golden.assertClose("y", quantized.quantized().toDoubles(), tolerance);
      for (LossTerm term : quantized.terms()) {
        golden.assertClose(term.name(), term.value().toDoubles(), tolerance);
      }
      Tensor upstream = quantized.quantized().mul(tensor(step, golden, "dy", dtype)).sum();
      upstream.add(LossTerm.total(quantized.terms())).backward();
      golden.assertClose("d.x", x.gradient().toDoubles(), tolerance);
      for (Variable weight : quantizer.parameters()) {
        golden.assertClose("d." + weight.name(), step.gradient(weight).toDoubles(), tolerance);
      }
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }

  @Test
  void fixedVectorsAreGaussianAndNotTrained() {
    try (SimVectorQuantizer quantizer = SimVectorQuantizer.codes(5_000, 16).build(new Rng(1))) {
      double[] fixed = quantizer.variables().get("fixed").toDoubles();
      double squares = Arrays.stream(fixed).map(v -> v * v).sum();
      assertEquals(1 / 16.0, squares / fixed.length, 1e-3);
      assertEquals(0, Arrays.stream(fixed).sum() / fixed.length, 3e-3);
      double fourth = Arrays.stream(fixed).map(v -> v * v * v * v).sum() / fixed.length;
      assertEquals(3 / 256.0, fourth, 3e-4);
      assertEquals(1, quantizer.parameters().size());
      assertEquals("projection.weight", quantizer.parameters().get(0).name());
    }
  }

  /** Rounding of a product may depend on its number of rows; values must not. */
  @Test
  void vectorsHaveTheBitsOfTheCodebookInBatchesOfAnySize() {
    int k = 777;
    int d = 33;
    try (SimVectorQuantizer quantizer = SimVectorQuantizer.codes(k, d).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      float[] codebook = quantizer.codebook();
      for (int n : new int[] {1, 2, 7, 100}) {
        Tensor x = step.tensor(QuantizerCase.gaussians(n * d, n), n, d).requireGradient();
        Quantized quantized = quantizer.quantize(x);
        float[] values = quantized.quantized().toFloats();
        assertArrayEquals(values, quantizer.lookup(quantized.codes()).toFloats());
        int[] codes = quantized.codes().toInts();
        for (int i = 0; i < values.length; i++) {
          assertEquals(codebook[codes[i / d] * d + i % d], values[i]);
        }
      }
    }
  }

  /** The gradient moves codes that no latent has selected. */
  @Test
  void everyCodeMoves() {
    try (SimVectorQuantizer quantizer = SimVectorQuantizer.codes(64, 4).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      float[] before = quantizer.codebook();
      Tensor x = step.tensor(QuantizerCase.gaussians(3 * 4, 2), 3, 4).requireGradient();
      LossTerm.total(quantizer.quantize(x).terms()).backward();
      Variable weight = quantizer.parameters().get(0);
      double[] gradient = step.gradient(weight).toDoubles();
      double[] w = weight.toDoubles();
      Arrays.setAll(w, i -> w[i] - gradient[i]);
      weight.set(w);
      float[] after = quantizer.codebook();
      for (int code = 0; code < 64; code++) {
        assertFalse(Arrays.equals(before, code * 4, code * 4 + 4, after, code * 4, code * 4 + 4));
      }
    }
  }

  /** A gradient of all 65,536 codebook vectors would take as much as they do, 17 MB. */
  @Test
  void gradientsTakeNoMemoryOfTheCodebook() {
    int k = 1 << 16;
    int d = 64;
    try (SimVectorQuantizer quantizer = SimVectorQuantizer.codes(k, d).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      Tensor x = step.tensor(QuantizerCase.gaussians(500 * d, 2), 500, d).requireGradient();
      Quantized quantized = quantizer.quantize(x);
      long before = step.bytes();
      assertTrue(before < 3L * k * d * 4, before + " bytes");
      quantized.quantized().sum().add(LossTerm.total(quantized.terms())).backward();
      assertTrue(step.bytes() - before < 2 << 20, (step.bytes() - before) + " bytes");
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> SimVectorQuantizer.codes(0, 3)),
        "SimVectorQuantizerConfig.codebookSize: expected K of at least 1, got 0");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> SimVectorQuantizer.codes(3, 0)),
        "SimVectorQuantizerConfig.dimension: expected D of at least 1, got 0");
    SimVectorQuantizerConfig config = SimVectorQuantizer.codes(1 << 20, 8);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.fixedDimension(0)),
        "fixedDimension: expected a dimension of at least 1, got 0");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.fixedDimension(2048)),
        "got 1048576 times 2048");
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> config.codebookWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.commitmentWeight(bad));
    }
  }

  @Test
  void latentsOfAnotherDimensionAndNonFiniteOnesAreRejected() {
    try (Quantizer quantizer = SimVectorQuantizer.codes(4, 2).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor wide = step.tensor(new float[6], 2, 3);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> quantizer.quantize(wide)),
          "SimVectorQuantizer: expected latents [.., 2], got [2, 3]",
          "as many output channels");
      Tensor infinite = step.tensor(new float[] {1, 2, 3, Float.NaN}, 2, 2);
      assertThrows(NonFiniteException.class, () -> quantizer.encode(infinite));
    }
  }
}
