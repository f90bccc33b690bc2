package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import io.github.vqvae4j.train.Sgd;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares loss terms, straight-through gradients and three codebook updates with PyTorch. */
class VectorQuantizerGoldenTest {
  private static final double DOUBLE = 1e-9;
  private static final double FLOAT = 2e-5;

  @ParameterizedTest
  @CsvSource({
    "vq_gradient, FLOAT",
    "vq_ema_debiased, FLOAT",
    "vq_ema_plain, FLOAT",
    "vq_ema_stored, FLOAT",
    "vq_ema_debiased, DOUBLE",
    "vq_ema_plain, DOUBLE",
    "vq_ema_stored, DOUBLE",
  })
  void threeStepsMatchPyTorch(String name, DType dtype) throws IOException {
    Golden golden = Golden.read(name);
    try (VectorQuantizer quantizer = build(golden)) {
      quantizer.convert(dtype);
      for (int step = 0; step < Integer.parseInt(golden.setting("steps")); step++) {
        compareStep(golden, "step" + step + ".", quantizer, dtype);
      }
    }
  }

  private static VectorQuantizer build(Golden golden) {
    boolean ema = golden.setting("update").equals("ema");
    VectorQuantizerConfig config =
        ema
            ? VectorQuantizer.ema(7, 5)
                .ema(
                    new EmaConfig(
                        golden.number("decay"),
                        golden.number("epsilon"),
                        Boolean.parseBoolean(golden.setting("debiased")),
                        Boolean.parseBoolean(golden.setting("smoothed_counts_stored"))))
            : VectorQuantizer.gradient(7, 5).codebookWeight(golden.number("alpha"));
    VectorQuantizer quantizer =
        config
            .commitmentWeight(golden.number("beta"))
            .init(Initialization.UNIFORM)
            .deadCodeThreshold(0)
            .build(new Rng(1));
    Map<String, Variable> state = quantizer.variables();
    state.get("codebook").set(golden.doubles("step0.codebook"));
    if (ema) {
      state.get("count").set(golden.doubles("initial.count"));
      state.get("sum").set(golden.doubles("initial.sum"));
    }
    return quantizer;
  }

  private static void compareStep(
      Golden golden, String prefix, VectorQuantizer quantizer, DType dtype) {
    boolean ema = golden.setting("update").equals("ema");
    double tolerance = dtype == DType.DOUBLE ? DOUBLE : FLOAT;
    Map<String, Variable> state = quantizer.variables();
    golden.assertClose(prefix + "codebook", state.get("codebook").toDoubles(), tolerance);

    try (Step step = Step.training(new Rng(1))) {
      Tensor z = tensor(step, golden, prefix + "z", dtype).requireGradient();
      Quantized quantized = quantizer.quantize(z);
      assertArrayEquals(golden.ints(prefix + "codes"), quantized.codes().toInts());
      golden.assertClose(prefix + "quantized", quantized.quantized().toDoubles(), tolerance);
      golden.assertClose(
          prefix + "perplexity", new double[] {quantized.usage().get(0).perplexity()}, DOUBLE);
      for (LossTerm term : quantized.terms()) {
        String key = term.name().equals("codebook") ? "codebook_term" : term.name();
        golden.assertClose(prefix + key, term.value().toDoubles(), tolerance);
      }
      assertEquals(ema ? 1 : 2, quantized.terms().size());

      Tensor upstream = tensor(step, golden, prefix + "dq", dtype);
      quantized.quantized().mul(upstream).sum().add(LossTerm.total(quantized.terms())).backward();
      golden.assertClose(prefix + "dz", z.gradient().toDoubles(), tolerance);
      if (!ema) {
        golden.assertClose(
            prefix + "dcodebook", step.gradient(state.get("codebook")).toDoubles(), tolerance);
        Sgd.rate(golden.number("learning_rate")).update(quantizer.parameters(), step);
      }
      step.commit();
    }

    golden.assertClose(prefix + "after.codebook", state.get("codebook").toDoubles(), tolerance);
    if (ema) {
      golden.assertClose(prefix + "after.count", state.get("count").toDoubles(), tolerance);
      golden.assertClose(prefix + "after.sum", state.get("sum").toDoubles(), tolerance);
      double steps = golden.ints(prefix + "after.steps")[0];
      boolean debiased = Boolean.parseBoolean(golden.setting("debiased"));
      double weight = debiased ? 1 - Math.pow(golden.number("decay"), steps) : 1;
      assertEquals(weight, state.get("weight").toDoubles()[0], tolerance);
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return dtype == DType.DOUBLE
        ? step.tensor(golden.doubles(key), golden.shape(key))
        : step.tensor(golden.floats(key), golden.shape(key));
  }
}
