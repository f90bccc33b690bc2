package io.github.vqvae4j.train;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares five updates of each optimizer with PyTorch. */
class OptimizerGoldenTest {
  private static final double FLOAT = 2e-6;

  /** A layer with one parameter and an arbitrary gradient. */
  private static final class Vector extends Layer {
    final Parameter value;

    Vector(float[] values) {
      value = parameter("value", values, values.length);
    }

    @Override
    protected Tensor compute(Tensor gradient) {
      return value.in(gradient.step()).mul(gradient).sum();
    }
  }

  @Test
  void adam() throws IOException {
    compare("adam.value", new Adam(0.01, 0.9, 0.999, 1e-8));
  }

  @Test
  void sgd() throws IOException {
    compare("sgd.value", Sgd.rate(0.1));
  }

  @Test
  void sgdWithMomentum() throws IOException {
    compare("sgd_momentum.value", new Sgd(0.1, 0.9));
  }

  private static void compare(String key, Optimizer optimizer) throws IOException {
    Golden golden = Golden.read("optimizers");
    try (Vector vector = new Vector(golden.floats("initial"))) {
      for (int t = 0; t < 5; t++) {
        try (Step step = Step.training(new Rng(1))) {
          float[] gradient = golden.floats("grad" + t);
          vector.forward(step.tensor(gradient, gradient.length)).backward();
          optimizer.update(List.of(vector.value), step);
        }
        golden.assertClose(key + t, vector.value.toDoubles(), FLOAT);
      }
    }
  }
}
