package io.github.vqvae4j.model.vqvae;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.ReconstructionLoss;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.StepReport;
import io.github.vqvae4j.train.TrainingListener;
import io.github.vqvae4j.train.TrainingRun;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RecipeTest {
  @ParameterizedTest
  @CsvSource({
    "SONNET_CIFAR10, sonnet-cifar10, 32, 10000",
    "ZALANDO_CIFAR10, zalando-cifar10, 256, 15000",
    "KERAS_MNIST, keras-mnist, 128, 14040",
  })
  void settingsMatchTheReferenceImplementation(Recipe recipe, String name, int batch, long steps) {
    assertEquals(name, recipe.toString());
    assertEquals(batch, recipe.batch());
    assertEquals(steps, recipe.steps());
  }

  @ParameterizedTest
  @CsvSource({
    "SONNET_CIFAR10, 3e-4, 1e-8",
    "ZALANDO_CIFAR10, 1e-3, 1e-8",
    "KERAS_MNIST, 1e-3, 1e-7",
  })
  void optimizerMatchesTheReferenceImplementation(Recipe recipe, double rate, double epsilon) {
    Adam expected = new Adam(rate, 0.9, 0.999, epsilon);
    assertEquals(expected.toString(), recipe.optimizer().toString());
    assertTrue(recipe.optimizer() != recipe.optimizer(), "a new optimizer per model");
  }

  @ParameterizedTest
  @EnumSource
  void allRecipesReduceTheLoss(Recipe recipe) {
    int side = recipe == Recipe.KERAS_MNIST ? 28 : 32;
    int channels = recipe == Recipe.KERAS_MNIST ? 1 : 3;
    Dataset images = Shapes.rectangles(32, side, channels, 1);
    List<StepReport> reports = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(TrainingRun run, StepReport report) {
            reports.add(report);
          }
        };
    try (VqVae model = recipe.model().seed(3).build()) {
      recipe.trainer(model).batch(8).steps(60).seed(3).listener(listener).fit(images);
    }
    double first = reports.get(0).term(ReconstructionLoss.NAME);
    double last = reports.get(59).term(ReconstructionLoss.NAME);
    assertTrue(last < 0.7 * first, recipe + " from " + first + " to " + last);
  }

  /** Uses the default kernels, without special settings for determinism. */
  @Test
  void repeatedRunsProduceIdenticalWeights() {
    Dataset images = Shapes.rectangles(64, 32, 3, 1);
    List<Map<String, float[]>> runs = new ArrayList<>();
    for (int run = 0; run < 2; run++) {
      try (VqVae model = Recipe.SONNET_CIFAR10.model().seed(5).build()) {
        Recipe.SONNET_CIFAR10.trainer(model).batch(8).steps(200).seed(5).fit(images);
        Map<String, float[]> state = new LinkedHashMap<>();
        model.variables().forEach((name, variable) -> state.put(name, variable.toFloats()));
        runs.add(state);
      }
    }
    runs.get(0).forEach((name, values) -> assertArrayEquals(values, runs.get(1).get(name), name));
  }
}
