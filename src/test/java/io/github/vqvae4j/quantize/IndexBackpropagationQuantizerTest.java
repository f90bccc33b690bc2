package io.github.vqvae4j.quantize;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IndexBackpropagationQuantizerTest {

  /** With blocks smaller than the rows and codes, and with one. */
  @ParameterizedTest
  @CsvSource({
    "ibq, FLOAT, 7",
    "ibq, DOUBLE, 7",
    "ibq, DOUBLE, 1024",
    "ibq_sharp, FLOAT, 16",
    "ibq_sharp, DOUBLE, 1",
    "ibq_sharp, DOUBLE, 16"
  })
  void resultsMatchPyTorch(String name, DType dtype, int block) throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? 1e-9 : 5e-5;
    long[] sizes = golden.shape("codebook");
    IndexBackpropagationQuantizerConfig config =
        IndexBackpropagationQuantizer.codes((int) sizes[0], (int) sizes[1])
            .quantizationWeight(golden.number("quantization_weight"))
            .commitmentWeight(golden.number("commitment_weight"))
            .codebookWeight(golden.number("codebook_weight"))
            .entropyWeight(golden.number("entropy_weight"))
            .entropyTemperature(golden.number("temperature"));
    try (Quantizer quantizer = new IndexBackpropagationQuantizer(config, new Rng(1), block);
        Step step = Step.training(new RngKey(1, 0, 0))) {
      quantizer.convert(dtype);
      Parameter codebook = quantizer.parameters().get(0);
      codebook.set(golden.doubles("codebook"));
      Tensor x = tensor(step, golden, "x", dtype).requireGradient();
      Quantized quantized = quantizer.quantize(x);
      assertArrayEquals(golden.ints("codes"), quantized.codes().toInts());
      golden.assertClose("y", quantized.quantized().toDoubles(), tolerance);
      for (LossTerm term : quantized.terms()) {
        String key = term.name().equals("codebook") ? "codebook_term" : term.name();
        golden.assertClose(key, term.value().toDoubles(), tolerance);
      }
      Tensor upstream = quantized.quantized().mul(tensor(step, golden, "dy", dtype)).sum();
      upstream.add(LossTerm.total(quantized.terms())).backward();
      golden.assertClose("d.x", x.gradient().toDoubles(), tolerance);
      golden.assertClose("d.codebook", step.gradient(codebook).toDoubles(), tolerance);
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }

  @ParameterizedTest
  @CsvSource({"1", "2", "1024"})
  void equalDotProductsHaveTheLowestCode(int block) {
    IndexBackpropagationQuantizerConfig config = IndexBackpropagationQuantizer.codes(5, 2);
    try (Quantizer quantizer = new IndexBackpropagationQuantizer(config, new Rng(1), block);
        Step step = Step.inference()) {
      quantizer.parameters().get(0).set(new float[] {0, 1, 1, 0, 0, 1, 1, 0, -1, -1});
      float[] latents = {0, 0, 1, 0, 0, 2, 3, 3, -1, -1, 1, -9};
      int[] codes = quantizer.encode(step.tensor(latents, 6, 2)).toInts();
      assertArrayEquals(new int[] {0, 1, 0, 0, 4, 4}, codes);
    }
  }

  /** All probabilities would take 131 MB, and several arrays of them would be needed. */
  @Test
  void memoryOfAStepIsThatOfBlocks() {
    int k = 16_384;
    int d = 8;
    int rows = 2_000;
    float[] latents = QuantizerCase.gaussians(rows * d, 5);
    try (Quantizer quantizer = IndexBackpropagationQuantizer.codes(k, d).build(new Rng(1))) {
      long offHeap = Pointer.totalBytes();
      try (Step step = Step.training(new RngKey(1, 0, 0))) {
        Tensor x = step.tensor(latents, rows, d).requireGradient();
        LossTerm.total(quantizer.quantize(x).terms()).backward();
        long bytes = step.bytes() + step.workspaceBytes() + Pointer.totalBytes() - offHeap;
        assertTrue(bytes < 100_000_000, bytes + " bytes");
        assertTrue(step.bytes() < 10_000_000, step.bytes() + " bytes of the step");
      }
    }
  }

  /** No straight-through gradient: with equal codebook vectors, latents have no effect. */
  @Test
  void latentsGetTheGradientOfTheSoftmaxOnly() {
    IndexBackpropagationQuantizerConfig config =
        IndexBackpropagationQuantizer.codes(3, 2)
            .quantizationWeight(0)
            .commitmentWeight(0)
            .codebookWeight(0)
            .entropyWeight(0);
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      Parameter codebook = quantizer.parameters().get(0);
      codebook.set(new float[] {1, 2, 1, 2, 1, 2});
      Tensor x = step.tensor(new float[] {1, -2, 3, 4}, 2, 2).requireGradient();
      quantizer.quantize(x).quantized().sum().backward();
      assertArrayEquals(new float[4], x.gradient().toFloats(), 1e-6f);
      float[] toCodebook = step.gradient(codebook).toFloats();
      assertArrayEquals(new float[] {2, 2, 0, 0, 0, 0}, toCodebook, 1e-6f);
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> IndexBackpropagationQuantizer.codes(0, 3)),
        "IndexBackpropagationQuantizerConfig.codebookSize: expected K of at least 1, got 0");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> IndexBackpropagationQuantizer.codes(3, 0)),
        "dimension: expected D of at least 1, got 0");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> IndexBackpropagationQuantizer.codes(1 << 20, 2048)),
        "got 1048576 times 2048");
    IndexBackpropagationQuantizerConfig config = IndexBackpropagationQuantizer.codes(3, 2);
    for (double bad : new double[] {-0.1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> config.quantizationWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.commitmentWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.codebookWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.entropyWeight(bad));
      assertThrows(IllegalArgumentException.class, () -> config.entropyTemperature(bad));
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> config.entropyTemperature(0)),
        "entropyTemperature: expected a finite value greater than 0, got 0.0");
  }

  @Test
  void latentsOfAnotherDimensionAndNonFiniteOnesAreRejected() {
    try (Quantizer quantizer = IndexBackpropagationQuantizer.codes(4, 2).build(new Rng(1));
        Step step = Step.inference()) {
      Tensor wide = step.tensor(new float[6], 2, 3);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> quantizer.quantize(wide)),
          "IndexBackpropagationQuantizer: expected latents [.., 2], got [2, 3]",
          "as many output channels");
      Tensor infinite = step.tensor(new float[] {1, 2, 3, Float.NaN}, 2, 2);
      assertMessageContains(
          assertThrows(NonFiniteException.class, () -> quantizer.encode(infinite)),
          "IndexBackpropagationQuantizer: row 1, column 1 of the latents is NaN");
    }
  }
}
