package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares codes, values, terms and gradients with PyTorch. */
class LatentQuantizerGoldenTest {
  @ParameterizedTest
  @CsvSource({"latent, FLOAT", "latent, DOUBLE", "latent_moved, FLOAT", "latent_moved, DOUBLE"})
  void resultsMatchPyTorch(String name, DType dtype) throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? 1e-9 : 2e-5;
    int[] levels =
        Arrays.stream(golden.setting("levels").split(" ")).mapToInt(Integer::parseInt).toArray();
    LatentQuantizerConfig config =
        LatentQuantizer.levels(levels)
            .codebookWeight(golden.number("alpha"))
            .commitmentWeight(golden.number("beta"));
    try (Quantizer quantizer = config.build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      quantizer.convert(dtype);
      quantizer.variables().get("values").set(golden.doubles("values"));
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
      golden.assertClose(
          "d.values", step.gradient(quantizer.parameters().get(0)).toDoubles(), tolerance);
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }
}
