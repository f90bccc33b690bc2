package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.LookupFreeQuantizerConfig.BitOrder;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares codes, values, terms and gradients with PyTorch. */
class LookupFreeQuantizerGoldenTest {
  @ParameterizedTest
  @CsvSource({
    "lfq, FLOAT",
    "lfq, DOUBLE",
    "lfq_clamped, FLOAT",
    "lfq_clamped, DOUBLE",
    "bsq, FLOAT",
    "bsq, DOUBLE",
  })
  void resultsMatchPyTorch(String name, DType dtype) throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? 1e-9 : 2e-5;
    try (Quantizer quantizer = config(golden).build(new Rng(1));
        Step step = Step.training(new RngKey(1, 0, 0))) {
      quantizer.convert(dtype);
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
    }
  }

  private static LookupFreeQuantizerConfig config(Golden golden) {
    int bits = (int) golden.number("bits");
    LookupFreeQuantizerConfig config =
        golden.setting("spherical").equals("true")
            ? LookupFreeQuantizer.spherical(bits)
            : LookupFreeQuantizer.bits(bits);
    return config
        .scale(golden.number("scale"))
        .inverseTemperature(golden.number("inverse_temperature"))
        .entropyWeight(golden.number("entropy_weight"))
        .diversityWeight(golden.number("diversity_weight"))
        .commitmentWeight(golden.number("commitment_weight"))
        .softClamp(golden.number("soft_clamp"))
        .bitOrder(
            golden.setting("order").equals("most")
                ? BitOrder.FIRST_MOST_SIGNIFICANT
                : BitOrder.FIRST_LEAST_SIGNIFICANT);
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }
}
