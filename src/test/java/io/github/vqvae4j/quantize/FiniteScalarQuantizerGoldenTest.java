package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.quantize.FiniteScalarQuantizer.Noise;
import io.github.vqvae4j.quantize.FiniteScalarQuantizerConfig.IndexOrder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares codes, values and gradients with PyTorch. */
class FiniteScalarQuantizerGoldenTest {
  @ParameterizedTest
  @CsvSource({
    "fsq_published, FLOAT",
    "fsq_published, DOUBLE",
    "fsq_symmetric, FLOAT",
    "fsq_symmetric, DOUBLE",
    "fsq_noise, FLOAT",
    "fsq_noise, DOUBLE",
  })
  void codesValuesAndGradientsMatchPyTorch(String name, DType dtype) throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? 1e-9 : 2e-5;
    try (FiniteScalarQuantizer quantizer = build(golden);
        Step step = Step.training(new Rng(1))) {
      quantizer.convert(dtype);
      for (Map.Entry<String, Variable> weight : quantizer.variables().entrySet()) {
        if (golden.has(weight.getKey())) {
          weight.getValue().set(golden.doubles(weight.getKey()));
        }
      }
      Tensor x = tensor(step, golden, "x", dtype).requireGradient();
      Quantized quantized =
          golden.has("noise")
              ? quantizer.quantized(quantizer.bounded(x), noise(step, golden, dtype))
              : quantizer.quantize(x);
      assertArrayEquals(golden.ints("codes"), quantized.codes().toInts());
      golden.assertClose("y", quantized.quantized().toDoubles(), tolerance);
      quantized.quantized().mul(tensor(step, golden, "dy", dtype)).sum().backward();
      golden.assertClose("d.x", x.gradient().toDoubles(), tolerance);
      for (Variable weight : quantizer.parameters()) {
        golden.assertClose("d." + weight.name(), step.gradient(weight).toDoubles(), tolerance);
      }
    }
  }

  private static FiniteScalarQuantizer build(Golden golden) {
    int[] levels =
        Arrays.stream(golden.setting("levels").split(",")).mapToInt(Integer::parseInt).toArray();
    FiniteScalarQuantizerConfig config =
        golden.setting("form").equals("symmetric")
            ? FiniteScalarQuantizer.symmetric(levels)
            : FiniteScalarQuantizer.levels(levels);
    return config
        .order(
            golden.setting("order").equals("slowest")
                ? IndexOrder.FIRST_LEVEL_SLOWEST
                : IndexOrder.FIRST_LEVEL_FASTEST)
        .build(new Rng(1));
  }

  private static Noise noise(Step step, Golden golden, DType dtype) {
    Tensor examples = step.tensor(golden.ints("noisy"), golden.shape("noisy")[0], 1, 1, 1);
    return new Noise(examples, tensor(step, golden, "noise", dtype).div(2)); // of steps of 2/(L-1)
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }
}
