package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.github.vqvae4j.io.Golden;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Both convolutions and their gradients beside PyTorch's. */
class ConvolutionGoldenTest {
  @TestFactory
  Stream<DynamicTest> conv2d() throws IOException {
    return tests(Golden.read("conv2d"), false);
  }

  @TestFactory
  Stream<DynamicTest> convTranspose2d() throws IOException {
    return tests(Golden.read("conv_transpose2d"), true);
  }

  private static Stream<DynamicTest> tests(Golden golden, boolean transposed) {
    return IntStream.range(0, Integer.parseInt(golden.setting("cases")))
        .mapToObj(number -> "case" + number)
        .flatMap(
            name ->
                Stream.of(
                    dynamicTest(
                        name + " in double",
                        () -> check(golden, name, transposed, KernelSet.ND4J, Precision.DOUBLE)),
                    dynamicTest(
                        name + " by ND4J",
                        () -> check(golden, name, transposed, KernelSet.ND4J, Precision.FLOAT)),
                    dynamicTest(
                        name + " by oneDNN",
                        () -> check(golden, name, transposed, KernelSet.ONEDNN, Precision.FLOAT))));
  }

  private static void check(
      Golden golden, String name, boolean transposed, KernelSet kernels, Precision precision) {
    double tolerance = precision == Precision.DOUBLE ? Tolerances.DOUBLE : Tolerances.FLOAT;
    JsonObject settings = JsonParser.parseString(golden.setting(name)).getAsJsonObject();
    boolean relu = settings.get("relu").getAsBoolean();
    Window window = window(settings);
    try (Step step = kernels.training(new Rng(1))) {
      Map<String, Tensor> inputs = new HashMap<>();
      for (String input : List.of("x", "weight", "bias", "residual")) {
        if (!settings.has(input) || settings.get(input).getAsBoolean()) {
          inputs.put(input, tensor(step, precision, golden, name + "." + input).withGradient());
        }
      }
      Tensor x = inputs.get("x");
      Tensor weight = inputs.get("weight");
      Tensor bias = inputs.get("bias");
      Tensor residual = inputs.get("residual");

      Tensor y =
          transposed
              ? x.convTranspose2d(weight, bias, residual, relu, window)
              : x.conv2d(weight, bias, residual, relu, window);
      y.mul(tensor(step, precision, golden, name + ".dy")).sum().backward();

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

  private static Tensor tensor(Step step, Precision precision, Golden golden, String key) {
    return Tensors.of(step, precision, new Numbers(golden.doubles(key), golden.shape(key)));
  }

  private static Window window(JsonObject settings) {
    JsonArray stride = settings.getAsJsonArray("stride");
    JsonArray padding = settings.getAsJsonArray("padding");
    return new Window(
        stride.get(0).getAsInt(),
        stride.get(1).getAsInt(),
        padding.get(0).getAsInt(),
        padding.get(1).getAsInt());
  }
}
