package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.io.Golden;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares AdamW, gradient clipping and schedules with PyTorch. */
class TrainingGoldenTest {
  private static final double FLOAT = 2e-6;
  private static final double EXACT = 1e-12;

  private final Golden golden;

  TrainingGoldenTest() throws IOException {
    golden = Golden.read("training");
  }

  /** A layer with two parameters and arbitrary gradients. */
  private static final class Pair extends Layer {
    final Parameter a;
    final Parameter b;

    Pair(float[] first, float[] second) {
      a = parameter("a", first, first.length);
      b = parameter("b", second, second.length);
    }

    @Override
    protected Tensor compute(Tensor gradients) {
      long size = a.size();
      Tensor first = a.in(gradients.step()).mul(gradients.slice(0, 0, size));
      Tensor second = b.in(gradients.step()).mul(gradients.slice(0, size, size + b.size()));
      return first.sum().add(second.sum());
    }

    Gradients gradients(Step step, float[] ofA, float[] ofB) {
      float[] all = new float[ofA.length + ofB.length];
      System.arraycopy(ofA, 0, all, 0, ofA.length);
      System.arraycopy(ofB, 0, all, ofA.length, ofB.length);
      forward(step.tensor(all, all.length)).backward();
      return Gradients.of(step);
    }
  }

  @Test
  void adamWWithDefaultSettings() {
    adamW("adamw", AdamW.rate(0.01));
  }

  @Test
  void adamWWithCustomSettings() {
    adamW("adamw_strong", new AdamW(0.01, 0.8, 0.99, 1e-6, 0.5));
  }

  private void adamW(String name, AdamW optimizer) {
    try (Pair pair = new Pair(golden.floats("adamw.initial"), new float[1])) {
      for (int t = 0; t < 5; t++) {
        try (Step step = Step.training(new Rng(1))) {
          Gradients gradients = pair.gradients(step, golden.floats("adamw.grad" + t), new float[1]);
          optimizer.update(List.of(pair.a), gradients, optimizer.rate());
        }
        golden.assertClose(name + ".value" + t, pair.a.toDoubles(), FLOAT);
      }
    }
  }

  @Test
  void clippingByGlobalNorm() {
    double maxNorm = golden.number("clip");
    double[] norms = golden.doubles("clip.norms");
    FiniteCheck check = new FiniteCheck();
    Sgd optimizer = Sgd.rate(0.1);
    try (Pair pair = new Pair(golden.floats("clip.initial.a"), golden.floats("clip.initial.b"))) {
      for (int t = 0; t < norms.length; t++) {
        try (Step step = Step.training(new Rng(1))) {
          Gradients gradients =
              pair.gradients(
                  step,
                  golden.floats("clip.grad" + t + ".a"),
                  golden.floats("clip.grad" + t + ".b"));
          double norm =
              Math.sqrt(
                  check.sumOfSquares(gradients, pair.a) + check.sumOfSquares(gradients, pair.b));
          assertEquals(norms[t], norm, FLOAT * norms[t], "norm of step " + t);
          Gradients clipped = gradients.times(ObjectiveState.clipFactor(norm, maxNorm));
          optimizer.update(List.of(pair.a, pair.b), clipped, optimizer.rate());
        }
        golden.assertClose("clip.value" + t + ".a", pair.a.toDoubles(), FLOAT);
        golden.assertClose("clip.value" + t + ".b", pair.b.toDoubles(), FLOAT);
      }
    }
  }

  @Test
  void schedules() {
    schedule("cosine", Schedule.cosine(0.1));
    schedule("drops", Schedule.multiStep(0.3, 4, 9, 15));
    schedule("warm_up_cosine", Schedule.warmUp().then(5, Schedule.cosine(0)));
  }

  private void schedule(String name, Schedule schedule) {
    int steps = golden.doubles("schedule." + name).length;
    double[] factors = new double[steps];
    for (int step = 1; step <= steps; step++) {
      factors[step - 1] = schedule.factor(step, steps);
    }
    golden.assertClose("schedule." + name, factors, EXACT);
  }
}
