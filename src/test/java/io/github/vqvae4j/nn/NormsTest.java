package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Trace;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NormsTest {
  private static final double DOUBLE = 1e-9;
  private static final double FLOAT = 2e-5;

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void layerNormMatchesPyTorch(DType dtype) throws IOException {
    try (Layer norm = new LayerNorm(7)) {
      LayerGolden.compare("layer_norm", norm, dtype);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void groupNormMatchesPyTorch(DType dtype) throws IOException {
    try (Layer norm = new GroupNorm(3, 6)) {
      LayerGolden.compare("group_norm", norm, dtype);
    }
  }

  /** Uses another epsilon and no weight and bias. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void customSettingsMatchPyTorch(DType dtype) throws IOException {
    try (Layer layer = new LayerNorm(LayerNormConfig.of(7).epsilon(0.01).affine(false));
        Layer group = new GroupNorm(GroupNormConfig.of(3, 6).epsilon(0.01).affine(false))) {
      assertEquals(0, layer.variables().size() + group.variables().size());
      LayerGolden.compare("layer_norm_plain", layer, dtype);
      LayerGolden.compare("group_norm_plain", group, dtype);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void batchNormMatchesPyTorchInThreeStepsAndInference(DType dtype) throws IOException {
    compareSteps("batch_norm", BatchNormConfig.of(5), dtype);
    BatchNormConfig plain = BatchNormConfig.of(5).epsilon(0.01).momentum(0.3).affine(false);
    compareSteps("batch_norm_plain", plain, dtype);
  }

  private static void compareSteps(String name, BatchNormConfig config, DType dtype)
      throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? DOUBLE : FLOAT;
    List<String> parameters = config.affine() ? List.of("weight", "bias") : List.of();
    try (BatchNorm2d norm = new BatchNorm2d(config)) {
      norm.convert(dtype);
      Map<String, Variable> variables = norm.variables();
      assertEquals(2 + parameters.size(), variables.size());
      for (String parameter : parameters) {
        variables.get(parameter).set(golden.doubles(parameter));
      }
      for (int i = 0; i < Integer.parseInt(golden.setting("steps")); i++) {
        String prefix = "step" + i + ".";
        try (Step step = Step.training(new Rng(1))) {
          Tensor x = tensor(step, golden, prefix + "x", dtype).requireGradient();
          Tensor y = norm.forward(x);
          golden.assertClose(prefix + "y", y.toDoubles(), tolerance);
          y.mul(tensor(step, golden, prefix + "dy", dtype)).sum().backward();
          golden.assertClose(prefix + "d.x", x.gradient().toDoubles(), tolerance);
          for (String parameter : parameters) {
            double[] gradient = step.gradient(variables.get(parameter)).toDoubles();
            golden.assertClose(prefix + "d." + parameter, gradient, tolerance);
          }
          step.commit();
        }
        for (String average : new String[] {"running_mean", "running_var"}) {
          golden.assertClose(prefix + average, variables.get(average).toDoubles(), tolerance);
        }
      }
      try (Step step = Step.inference()) {
        Tensor x = tensor(step, golden, "inference.x", dtype);
        golden.assertClose("inference.y", norm.forward(x).toDoubles(), tolerance);
      }
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return dtype == DType.DOUBLE
        ? step.tensor(golden.doubles(key), golden.shape(key))
        : step.tensor(golden.floats(key), golden.shape(key));
  }

  @Test
  void averagesChangeOnlyOnCommit() {
    try (BatchNorm2d norm = new BatchNorm2d(2);
        Step step = Step.training(new Rng(1))) {
      float[] zeros = norm.variables().get("running_mean").toFloats();
      norm.forward(step.tensor(new float[] {1, 2, 3, 4}, 1, 1, 2, 2));
      assertArrayEquals(zeros, norm.variables().get("running_mean").toFloats());
      step.commit();
      float[] expected = {0.2f, 0.3f};
      assertArrayEquals(expected, norm.variables().get("running_mean").toFloats(), 1e-6f);
    }
  }

  /** Without a weight, no constant tensor takes its place: x is the only recorded input. */
  @Test
  void nonAffineNormsRecordNoConstants() {
    List<Layer> norms =
        List.of(
            new LayerNorm(LayerNormConfig.of(4).affine(false)),
            new GroupNorm(GroupNormConfig.of(2, 4).affine(false)),
            new BatchNorm2d(BatchNormConfig.of(4).affine(false)));
    for (Layer norm : norms) {
      try (norm;
          Step step = Step.training(new Rng(1))) {
        Tensor x = step.tensor(new float[24], 1, 2, 3, 4);
        Trace trace = step.trace();
        norm.forward(x);
        assertEquals(1, trace.operations().size(), norm.toString());
        assertEquals(List.of(x), trace.operations().get(0).inputs(), norm.toString());
      }
    }
  }

  @Test
  void settingsOutOfRangeAreRejected() {
    assertRejected(
        () -> new LayerNorm(0), "LayerNormConfig.dimension: expected at least 1, got 0.");
    assertRejected(
        () -> LayerNormConfig.of(3).epsilon(0),
        "LayerNormConfig.epsilon",
        "a positive, finite value",
        "got 0.0.");
    assertRejected(
        () -> GroupNormConfig.of(1, 3).epsilon(1e-50),
        "GroupNormConfig.epsilon",
        "single precision",
        "1.0E-50");
    assertRejected(
        () -> BatchNormConfig.of(3).epsilon(1e300), "BatchNormConfig.epsilon", "1.0E300");
    assertRejected(
        () -> BatchNormConfig.of(3).momentum(1.5),
        "BatchNormConfig.momentum",
        "from 0 to 1, got 1.5");
    assertRejected(
        () -> new GroupNorm(0, 4), "GroupNormConfig.groups: expected at least 1, got 0.");
    assertRejected(
        () -> new GroupNorm(3, 4),
        "GroupNormConfig.channels: expected a multiple of the 3 groups",
        "got 4.");
    assertRejected(() -> new GroupNorm(1, 0), "GroupNormConfig.channels", "got 0");
    assertRejected(() -> new BatchNorm2d(0), "BatchNormConfig.channels", "got 0");
    assertRejected(() -> new Dropout(1), "Dropout", "in [0, 1)", "got 1.0");
    assertRejected(() -> new Dropout(Double.NaN), "got NaN");
  }

  @Test
  void invalidShapesAreRejected() {
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = step.tensor(new float[24], 2, 3, 4);
      Tensor pixel = step.tensor(new float[4], 1, 1, 1, 4);
      assertRejected(() -> new LayerNorm(3).forward(x), "LayerNorm", "[.., 3]", "[2, 3, 4]");
      assertRejected(() -> new GroupNorm(1, 3).forward(x), "GroupNorm", ".., 3]", "[2, 3, 4]");
      assertRejected(() -> new BatchNorm2d(4).forward(x), "BatchNorm2d", "width, 4]", "[2, 3, 4]");
      assertRejected(() -> new BatchNorm2d(3).forward(pixel), "width, 3]", "[1, 1, 1, 4]");
      assertRejected(
          () -> new BatchNorm2d(4).forward(pixel),
          "at least 2 values per channel",
          "[1, 1, 1, 4]",
          "larger");
    }
  }

  private static void assertRejected(Runnable mistake, String... parts) {
    assertMessageContains(assertThrows(IllegalArgumentException.class, mistake::run), parts);
  }
}
