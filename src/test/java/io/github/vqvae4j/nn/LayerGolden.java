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

/** Compares a layer and its gradients with a golden file, whose arrays are named as its weights. */
public final class LayerGolden {
  private static final double DOUBLE = 1e-9;
  private static final double FLOAT = 2e-5;

  private LayerGolden() {}

  public static void compare(String name, Layer layer, DType dtype) throws IOException {
    Golden golden = Golden.read(name);
    double tolerance = dtype == DType.DOUBLE ? DOUBLE : FLOAT;
    Map<String, Variable> weights = layer.variables();
    layer.convert(dtype);
    for (Map.Entry<String, Variable> weight : weights.entrySet()) {
      assertArrayEquals(golden.shape(weight.getKey()), weight.getValue().shape(), weight.getKey());
      weight.getValue().set(golden.doubles(weight.getKey()));
    }
    try (Step step = Step.training(new Rng(1))) {
      Tensor x = tensor(step, golden, "x", dtype).withGradient();
      Tensor y = layer.forward(x);
      assertArrayEquals(golden.shape("y"), y.shape());
      golden.assertClose("y", y.toDoubles(), tolerance);
      y.mul(tensor(step, golden, "dy", dtype)).sum().backward();
      golden.assertClose("d.x", x.gradient().toDoubles(), tolerance);
      weights.forEach(
          (key, weight) ->
              golden.assertClose("d." + key, step.gradient(weight).toDoubles(), tolerance));
    }
  }

  private static Tensor tensor(Step step, Golden golden, String key, DType dtype) {
    return dtype == DType.DOUBLE
        ? step.tensor(golden.doubles(key), golden.shape(key))
        : step.tensor(golden.floats(key), golden.shape(key));
  }
}
