package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import org.junit.jupiter.api.Test;

/** A model whose initialization from data fails is left as it was. */
class InitializationFailureTest {
  /** Sets its parameter and buffer in initialize, then fails. */
  private static final class Model extends Block implements Trainable<float[]> {
    final Parameter weight = parameter("weight", new float[] {0.5f, -2, 3}, 3);
    final Variable ready = buffer("ready", new float[] {0}, 1);
    final float value;
    final Throwable failure;

    Model(float value, Throwable failure) {
      this.value = value;
      this.failure = failure;
    }

    @Override
    public void initialize(TrainingData<float[]> data, Rng rng) {
      weight.set(new float[] {7, value, 9});
      ready.set(new float[] {1});
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure != null) {
        throw (RuntimeException) failure;
      }
    }

    @Override
    public BatchLoss loss(Step step, float[] batch, TrainingProgress progress) {
      Tensor weights = weight.in(step);
      return BatchLoss.of("squares", weights.square().mean());
    }

    void assertUnchanged() {
      assertArrayEquals(new float[] {0.5f, -2, 3}, weight.toFloats());
      assertArrayEquals(new float[] {0}, ready.toFloats());
    }
  }

  private static TrainingReport fit(Model model) {
    return Trainer.of(model)
        .optimizer(Sgd.rate(1e-3))
        .batch(4)
        .steps(1)
        .quiet()
        .fit(PointGan.points(20, 3));
  }

  @Test
  void exceptionsAndErrorsRollBack() {
    for (Throwable failure : new Throwable[] {new IllegalStateException("no"), new Error("no")}) {
      try (Model model = new Model(8, failure)) {
        assertSame(failure, assertThrows(Throwable.class, () -> fit(model)));
        model.assertUnchanged();
      }
    }
  }

  @Test
  void nonFiniteValuesAreThoseOfTheInitialization() {
    try (Model model = new Model(Float.NaN, null)) {
      DivergenceException e = assertThrows(DivergenceException.class, () -> fit(model));
      assertMessageContains(e, "Step 1: weight[1] is NaN after initialization", "initialize");
      assertFalse(e.getMessage().contains("before this step"), e.getMessage());
      assertEquals("weight[1]", e.term());
      model.assertUnchanged();
    }
  }

  @Test
  void successIsKept() {
    try (Model model = new Model(8, null)) {
      fit(model);
      assertEquals(1, model.ready.toFloats()[0]);
      assertEquals(8, model.weight.toFloats()[1], 0.1);
    }
  }
}
