package io.github.vqvae4j.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.io.IOException;
import java.util.Map;

/**
 * Compares a layer and its gradients with a golden file whose arrays have the names of the weights.
 */
public final class LayerGolden {
  private static final double DOUBLE = 1e-9;
  private static final double FLOAT = 2e-5;

  private LayerGolden() {}

  public static void compare(String name, Layer layer, DType dtype) throws IOException {
    compare(Golden.read(name), "", layer, dtype);
  }

  /**
   * Compares with one of several layers in a golden file.
   *
   * @param prefix the prefix of the names of the layer's arrays
   */
  public static void compare(Golden golden, String prefix, Layer layer, DType dtype) {
    double tolerance = dtype == DType.DOUBLE ? DOUBLE : FLOAT;
    Map<String, Variable> weights = layer.variables();
    layer.convert(dtype);
    for (Map.Entry<String, Variable> weight : weights.entrySet()) {
      String key = prefix + weight.getKey();
      assertArrayEquals(golden.shape(key), weight.getValue().shape(), key);
      weight.getValue().set(golden.doubles(key));
    }
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = tensor(step, golden, prefix + "x", dtype).requireGradient();
      Tensor y = layer.forward(x);
      assertArrayEquals(golden.shape(prefix + "y"), y.shape());
      golden.assertClose(prefix + "y", y.toDoubles(), tolerance);
      y.mul(tensor(step, golden, prefix + "dy", dtype)).sum().backward();
      golden.assertClose(prefix + "d.x", x.gradient().toDoubles(), tolerance);
      weights.forEach(
          (key, weight) ->
              golden.assertClose(
                  prefix + "d." + key, step.gradient(weight).toDoubles(), tolerance));
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return dtype == DType.DOUBLE
        ? step.tensor(golden.doubles(key), golden.shape(key))
        : step.tensor(golden.floats(key), golden.shape(key));
  }
}
