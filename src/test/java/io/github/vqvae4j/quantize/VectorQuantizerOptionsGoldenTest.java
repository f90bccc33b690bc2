package io.github.vqvae4j.quantize;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Distance;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Estimator;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Compares codes, values, loss terms and gradients of a vector quantizer's options with PyTorch.
 */
class VectorQuantizerOptionsGoldenTest {
  static Stream<Arguments> files() {
    return Stream.of(
            "cosine",
            "cosine_lookup",
            "rotation",
            "cosine_rotation",
            "diveq",
            "diveq_detached",
            "affine",
            "affine_rotation",
            "projected",
            "projected_cosine")
        .flatMap(name -> Stream.of(DType.values()).map(type -> Arguments.of(name, type)))
        .filter(arguments -> arguments.get()[1] != DType.INT);
  }

  private static double tolerance(DType dtype) {
    return dtype == DType.DOUBLE ? 1e-9 : 2e-5;
  }

  @ParameterizedTest
  @MethodSource("files")
  void codesValuesTermsAndGradientsMatchPyTorch(String name, DType dtype) throws IOException {
    Golden golden = Golden.read("vq_option_" + name);
    double tolerance = tolerance(dtype);
    try (Quantizer quantizer = build(golden);
        Step step = Step.training(new Rng(1))) {
      quantizer.convert(dtype);
      Tensor x = tensor(step, golden, "x", dtype).requireGradient();
      Quantized quantized = quantizer.quantize(x);
      Tensor y =
          golden.has("noise")
              ? Estimators.diveq(
                  x,
                  quantizer.computeVectors(quantized.codes()),
                  tensor(step, golden, "noise", dtype).reshape(x.shape()))
              : quantized.quantized();
      assertArrayEquals(golden.ints("codes"), quantized.codes().toInts());
      golden.assertClose("y", y.toDoubles(), tolerance);
      Tensor loss = y.mul(tensor(step, golden, "dy", dtype)).sum();
      for (LossTerm term : quantized.terms()) {
        golden.assertClose("term." + term.name(), term.value().toDoubles(), tolerance);
        loss = loss.add(term.value().mul(term.weight()));
      }
      loss.backward();
      golden.assertClose("d.x", x.gradient().toDoubles(), tolerance);
      for (Variable parameter : quantizer.parameters()) {
        String key = "d." + parameter.name().replace("quantizer.", "");
        golden.assertClose(key, step.gradient(parameter).toDoubles(), tolerance);
      }
    }
  }

  private static Quantizer build(Golden golden) {
    long[] shape = golden.shape("codebook");
    boolean ema = golden.setting("update").equals("ema");
    VectorQuantizerConfig config =
        ema
            ? VectorQuantizer.ema((int) shape[0], (int) shape[1])
            : VectorQuantizer.gradient((int) shape[0], (int) shape[1])
                .orthogonality(golden.number("orthogonality"));
    config =
        config
            .distance(Distance.valueOf(golden.setting("distance").toUpperCase(Locale.ROOT)))
            .estimator(Estimator.valueOf(golden.setting("estimator").toUpperCase(Locale.ROOT)))
            .directionNoise(0)
            .affine(golden.has("moments"))
            .codebookWeight(golden.number("alpha"))
            .commitmentWeight(golden.number("beta"))
            .init(Initialization.UNIFORM)
            .deadCodeThreshold(0);
    int dimension = (int) golden.number("project");
    Quantizer.Config settings = dimension == 0 ? config : ProjectedQuantizer.of(dimension, config);
    Quantizer quantizer = settings.build(new Rng(1));
    quantizer
        .variables()
        .forEach(
            (name, variable) -> {
              String key = name.replace("quantizer.", "");
              if (golden.has(key)) {
                variable.set(golden.doubles(key));
              }
            });
    return quantizer;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"FLOAT", "DOUBLE"})
  void sampledCodesMatchPyTorch(DType dtype) throws IOException {
    Golden golden = Golden.read("vq_option_sampled");
    try (Step step = Step.inference()) {
      List<Tensor> inputs =
          Stream.of("x", "codebook", "uniform")
              .map(name -> tensor(step, golden, name, dtype))
              .toList();
      Tensor codes =
          SampledCodes.of(
              inputs.get(0), inputs.get(1), inputs.get(2), golden.number("temperature"));
      assertArrayEquals(golden.ints("codes"), codes.toInts());
      assertEquals(40, codes.length());
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return step.tensor(golden.doubles(key), golden.shape(key)).to(dtype);
  }
}
