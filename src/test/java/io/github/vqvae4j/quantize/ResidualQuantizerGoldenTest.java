package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.ResidualQuantizer.Kept;
import io.github.vqvae4j.quantize.ResidualQuantizerConfig.StageLoss;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares residual and grouped quantizers to PyTorch (rvq_goldens.py). */
class ResidualQuantizerGoldenTest {
  @ParameterizedTest
  @CsvSource({
    "rvq_sum, FLOAT",
    "rvq_sum, DOUBLE",
    "rvq_dropped, FLOAT",
    "rvq_dropped, DOUBLE",
    "rvq_shared, FLOAT",
    "rvq_shared, DOUBLE",
    "rvq_grouped, FLOAT",
    "rvq_grouped, DOUBLE",
  })
  void codesValuesTermsAndGradientsMatchPyTorch(String name, DType dtype) throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? 1e-9 : 2e-5;
    try (Quantizer quantizer = config(golden).build(new Rng(1));
        Step step = Step.training(new Rng(1))) {
      quantizer.convert(dtype);
      for (Map.Entry<String, Variable> weight : quantizer.variables().entrySet()) {
        if (golden.has(weight.getKey())) {
          weight.getValue().set(golden.doubles(weight.getKey()));
        }
      }
      Tensor x = tensor(step, golden, "x", dtype).requireGradient();
      Quantized quantized =
          quantizer instanceof ResidualQuantizer residual
              ? residual.quantize(x, new Kept(stages(golden), golden.ints("kept")))
              : quantizer.quantize(x);
      assertArrayEquals(golden.ints("codes"), quantized.codes().toInts());
      golden.assertClose("y", quantized.quantized().toDoubles(), tolerance);
      for (LossTerm term : quantized.terms()) {
        golden.assertClose(term.name(), term.value().toDoubles(), tolerance);
      }
      assertEquals(
          List.of("codebook", "commitment"),
          quantized.terms().stream().map(LossTerm::name).toList());
      quantized
          .quantized()
          .mul(tensor(step, golden, "dy", dtype))
          .sum()
          .add(LossTerm.total(quantized.terms()))
          .backward();
      golden.assertClose("d.x", x.gradient().toDoubles(), tolerance);
      for (Variable codebook : quantizer.parameters()) {
        golden.assertClose("d." + codebook.name(), step.gradient(codebook).toDoubles(), tolerance);
      }
    }
  }

  private static int stages(Golden golden) {
    return (int) golden.number("stages");
  }

  private static Quantizer.Config config(Golden golden) {
    boolean shared = golden.setting("shared").equals("true");
    List<VectorQuantizerConfig> stages =
        IntStream.range(0, stages(golden))
            .mapToObj(
                i -> VectorQuantizer.gradient(shared ? 5 : 5 + i, 3).init(Initialization.NORMAL))
            .toList();
    ResidualQuantizerConfig residual =
        ResidualQuantizer.of(stages).loss(StageLoss.valueOf(golden.setting("combination")));
    int groups = (int) golden.number("groups");
    return groups > 1
        ? GroupedQuantizer.of(groups, residual)
        : shared ? residual.shared() : residual;
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }
}
