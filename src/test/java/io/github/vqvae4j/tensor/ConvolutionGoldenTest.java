package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.internal.FusedConvolution;
import io.github.vqvae4j.tensor.internal.FusedConvolution.Form;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Compares one- and two-dimensional convolutions and their gradients with PyTorch. */
class ConvolutionGoldenTest {
  @TestFactory
  Stream<DynamicTest> conv2d() throws IOException {
    return tests(Golden.read("conv2d"), Form.CONV_2D);
  }

  @TestFactory
  Stream<DynamicTest> conv2dWithDilationAndGroups() throws IOException {
    return tests(Golden.read("conv2d_groups"), Form.CONV_2D);
  }

  @TestFactory
  Stream<DynamicTest> convTranspose2d() throws IOException {
    return tests(Golden.read("conv_transpose2d"), Form.CONV_TRANSPOSE_2D);
  }

  @TestFactory
  Stream<DynamicTest> convTranspose2dWithDilationGroupsAndOutputPadding() throws IOException {
    return tests(Golden.read("conv_transpose2d_groups"), Form.CONV_TRANSPOSE_2D);
  }

  @TestFactory
  Stream<DynamicTest> conv1d() throws IOException {
    return tests(Golden.read("conv1d"), Form.CONV_1D);
  }

  @TestFactory
  Stream<DynamicTest> convTranspose1d() throws IOException {
    return tests(Golden.read("conv_transpose1d"), Form.CONV_TRANSPOSE_1D);
  }

  private static Stream<DynamicTest> tests(Golden golden, Form operation) {
    return IntStream.range(0, Integer.parseInt(golden.setting("cases")))
        .mapToObj(value -> "case" + value)
        .flatMap(
            name ->
                Stream.of(
                    dynamicTest(
                        name + " in double",
                        () -> check(golden, name, operation, KernelSet.ND4J, DType.DOUBLE)),
                    dynamicTest(
                        name + " by ND4J",
                        () -> check(golden, name, operation, KernelSet.ND4J, DType.FLOAT)),
                    dynamicTest(
                        name + " by oneDNN",
                        () -> check(golden, name, operation, KernelSet.ONEDNN, DType.FLOAT))));
  }

  private static void check(
      Golden golden, String name, Form operation, KernelSet kernels, DType dtype) {
    double tolerance = dtype == DType.DOUBLE ? Tolerances.DOUBLE : Tolerances.FLOAT;
    JsonObject settings = JsonParser.parseString(golden.setting(name)).getAsJsonObject();
    boolean relu = settings.get("relu").getAsBoolean();
    ConvOptions options = options(settings);
    try (Step step = kernels.training(new Rng(1))) {
      Map<String, Tensor> inputs = new HashMap<>();
      for (String input : List.of("x", "weight", "bias", "residual")) {
        if (!settings.has(input) || settings.get(input).getAsBoolean()) {
          inputs.put(input, tensor(step, dtype, golden, name + "." + input).requireGradient());
        }
      }
      Tensor x = inputs.get("x");
      Tensor weight = inputs.get("weight");
      Tensor bias = inputs.get("bias");
      Tensor residual = inputs.get("residual");

      Tensor y = FusedConvolution.of(operation, x, weight, bias, residual, relu, options);
      y.mul(tensor(step, dtype, golden, name + ".dy")).sum().backward();

      String what = name + " " + settings + ": ";
      assertArrayEquals(golden.shape(name + ".y"), y.shape(), what + "shape");
      assertClose(golden.doubles(name + ".y"), y.toDoubles(), tolerance, what + "y");
      inputs.forEach(
          (input, tensor) ->
              assertClose(
                  golden.doubles(name + ".d" + input),
                  tensor.gradient().toDoubles(),
                  tolerance,
                  what + "d" + input));
    }
  }

  private static Tensor tensor(Step step, DType dtype, Golden golden, String key) {
    return Tensors.of(step, dtype, new NdArray(golden.doubles(key), golden.shape(key)));
  }

  private static ConvOptions options(JsonObject settings) {
    int[] stride = heightAndWidth(settings, "stride", 1);
    int[] padding = heightAndWidth(settings, "padding", 0);
    int[] dilation = heightAndWidth(settings, "dilation", 1);
    int[] outputPadding = heightAndWidth(settings, "output_padding", 0);
    return ConvOptions.of(1, 0)
        .stride(stride[0], stride[1])
        .padding(padding[0], padding[1])
        .dilation(dilation[0], dilation[1])
        .groups(settings.has("groups") ? settings.get("groups").getAsInt() : 1)
        .outputPadding(outputPadding[0], outputPadding[1]);
  }

  /** Returns height and width settings; in one dimension, a height setting that must be ignored. */
  private static int[] heightAndWidth(JsonObject settings, String name, int otherwise) {
    if (!settings.has(name)) {
      return new int[] {otherwise, otherwise};
    }
    JsonArray actual = settings.getAsJsonArray(name);
    int last = actual.get(actual.size() - 1).getAsInt();
    return new int[] {actual.size() == 1 ? last + 1 : actual.get(0).getAsInt(), last};
  }
}
