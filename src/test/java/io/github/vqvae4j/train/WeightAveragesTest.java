package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.tensor.NonFinite;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightAveragesTest {
  private static final Dataset TRAIN = Shapes.rectangles(64, 8, 1, 1);
  private static final Dataset TEST = Shapes.rectangles(20, 8, 1, 2);

  /** A layer with more than one chunk of elements, the last one incomplete. */
  private static final class Weights extends Layer {
    final Parameter value = parameter("value", new float[5000], 5000);

    @Override
    protected Tensor compute(Tensor input) {
      return input;
    }

    void fill(double first) {
      float[] values = new float[5000];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (first + i);
      }
      value.set(values);
    }
  }

  @Test
  void thereAreNoAveragesBeforeTheFirstStep() {
    try (Weights model = new Weights()) {
      model.fill(3);
      WeightAverages averages = WeightAverages.of(model, 0.9);
      assertMessageContains(
          assertThrows(IllegalStateException.class, averages::swap),
          "WeightAverages.swap: expected averages of at least one step",
          "update()");
      assertEquals(3, model.value.toFloats()[0]);
      averages.update();
      averages.swap();
      assertEquals(3, model.value.toFloats()[0]);
    }
  }

  @Test
  void averagesStartAsMeansThenDecay() {
    double[] numbers = {1, 2, 6, -3, 0.5, 8};
    double[] expected = {1, 1.5, 3, 0.75 * 3 - 0.75, 0, 0};
    expected[4] = 0.75 * expected[3] + 0.25 * 0.5;
    expected[5] = 0.75 * expected[4] + 0.25 * 8;
    try (Weights weights = new Weights()) {
      WeightAverages averages = new WeightAverages(weights.variables().values(), 0.75);
      for (int t = 0; t < numbers.length; t++) {
        weights.fill(numbers[t]);
        averages.update();
        averages.swap();
        float[] seen = weights.value.toFloats();
        assertEquals(expected[t], seen[0], 1e-6);
        assertEquals(expected[t] + 4999, seen[4999], 1e-3);
        averages.swap();
        assertEquals((float) (numbers[t] + 4999), weights.value.toFloats()[4999]);
      }
    }
  }

  /** The difference of two finite values may overflow, but their average does not. */
  @Test
  void averagesOfExtremeValuesAreFinite() {
    for (double decay : new double[] {0.1, 0.5, 0.99}) {
      try (Weights weights = new Weights()) {
        WeightAverages averages = new WeightAverages(weights.variables().values(), decay);
        for (int t = 0; t < 9; t++) {
          float[] values = new float[weights.value.size()];
          java.util.Arrays.fill(values, t % 2 == 0 ? Float.MAX_VALUE : -Float.MAX_VALUE);
          weights.value.set(values);
          averages.update();
        }
        averages.swap();
        assertEquals(-1, NonFinite.index(weights.value), "decay " + decay);
      }
    }
  }

  @Test
  void unchangedValuesArePreserved() {
    try (Weights weights = new Weights()) {
      weights.fill(0.1);
      WeightAverages averages = new WeightAverages(weights.variables().values(), 0.999);
      Map<String, float[]> before = States.of(weights);
      for (int i = 0; i < 50; i++) {
        averages.update();
      }
      averages.swap();
      States.assertSame(before, States.of(weights));
    }
  }

  private static Trainer<ImageBatch> trainer(VqVae model) {
    return Trainer.of(model).optimizer(Adam.rate(2e-3)).batch(16).steps(30);
  }

  @Test
  void averagingAffectsEvaluationOnly(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("best.safetensors");
    try (VqVae plain = Shapes.model(1, 3);
        VqVae averaged = Shapes.model(1, 3)) {
      trainer(plain).fit(TRAIN);
      Trainer<ImageBatch> trainer =
          trainer(averaged).averageWeights(0.9).evaluate(TEST, 10).monitor(e -> -e.step());
      TrainingReport report = trainer.saveBest(file).fit(TRAIN);
      States.assertSame(States.of(plain), States.of(averaged));

      Evaluation last = report.evaluations().get(2);
      double ownError = Evaluation.of(averaged, TEST).metric(ImageModel.MSE);
      assertNotEquals(ownError, last.metric(ImageModel.MSE));
      trainer.averages().swap();
      double ofAverages = Evaluation.of(averaged, TEST).metric(ImageModel.MSE);
      assertEquals(last.metric(ImageModel.MSE), ofAverages);
      try (VqVae saved = VqVae.load(file)) {
        States.assertSame(States.of(averaged), States.of(saved));
      }
      trainer.averages().swap();
      States.assertSame(States.of(plain), States.of(averaged));
    }
  }

  @Test
  void invalidSettingsAreRejected() {
    try (VqVae model = Shapes.model(1, 3)) {
      Trainer<ImageBatch> trainer = Trainer.of(model);
      assertMessageContains(
          assertThrows(IllegalStateException.class, trainer::averages), "averageWeights(decay)");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> trainer.averageWeights(1)),
          "below 1",
          "got 1.0");
    }
  }
}
