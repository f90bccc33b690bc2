package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelStatisticsTest {
  private static final Dataset IMAGES = Shapes.rectangles(16, 8, 1, 1);

  private static VqVae model() {
    return Shapes.model(1, 3, VectorQuantizer.ema(16, 4).init(Initialization.UNIFORM));
  }

  @Test
  void statisticsOfAnArray() {
    ArrayStatistics s = ArrayStatistics.of("some", new double[] {1, 0, -4, 0, 3, 0});
    assertEquals(new ArrayStatistics("some", 6, 0, s.standardDeviation(), 4, 0.5, s.norm()), s);
    assertEquals(Math.sqrt(26 / 6.0), s.standardDeviation(), 1e-12);
    assertEquals(Math.sqrt(26), s.norm(), 1e-12);
    ArrayStatistics damaged = ArrayStatistics.of("bad", new double[] {1, Double.NaN, 2});
    assertTrue(Double.isNaN(damaged.mean()) && Double.isNaN(damaged.maxAbs()));
  }

  @Test
  void statisticsEndAtNonFiniteOutput() {
    try (VqVae model = model()) {
      Parameter bias = (Parameter) model.variables().get("encoder.project.bias");
      bias.set(new float[] {0, Float.NaN, 0, 0});
      ModelStatistics statistics = ModelStatistics.of(model, IMAGES);
      List<String> outputs = names(statistics.outputs());
      assertEquals("encoder", outputs.get(outputs.size() - 1));
      assertTrue(Double.isNaN(statistics.outputs().get(outputs.size() - 1).mean()));
      assertEquals(List.of(), statistics.gradients());
      assertEquals(model.parameters().size(), statistics.weights().size());
      assertTrue(statistics.toString().contains("NaN"), statistics.toString());
    }
  }

  @Test
  void allParametersAndLayersAreIncludedAndModelIsUnchanged() {
    try (VqVae model = model()) {
      Map<String, float[]> before = States.of(model);
      ModelStatistics statistics = ModelStatistics.of(model, IMAGES);
      States.assertSame(before, States.of(model));

      List<String> parameters = new ArrayList<>();
      model
          .variables()
          .forEach(
              (name, variable) -> {
                if (variable instanceof Parameter) {
                  parameters.add(name);
                }
              });
      assertEquals(parameters, names(statistics.weights()));
      assertEquals(parameters, names(statistics.gradients()));
      List<String> outputs = names(statistics.outputs());
      assertTrue(
          outputs.containsAll(List.of("encoder", "quantizer", "decoder", "encoder.mix")),
          outputs.toString());
      assertTrue(outputs.indexOf("encoder") < outputs.indexOf("quantizer"));

      double[] weight = model.variables().get("decoder.mix.weight").toDoubles();
      ArrayStatistics mix = find(statistics.weights(), "decoder.mix.weight");
      assertEquals(Arrays.stream(weight).average().orElseThrow(), mix.mean(), 1e-9);
      assertEquals(weight.length, mix.size());
      assertTrue(find(statistics.gradients(), "decoder.mix.weight").norm() > 0);
      assertMessageContains(
          new Exception(statistics.toString()), "outputs", "gradients", "std", "encoder.mix");
    }
  }

  /** The gradients have the norm that a training step reports. */
  @Test
  void gradientsMatchTrainingStep() {
    try (VqVae model = model()) {
      double squares = 0;
      for (ArrayStatistics gradient : ModelStatistics.of(model, IMAGES).gradients()) {
        squares += gradient.norm() * gradient.norm();
      }
      double norm = Trainer.of(model).batch(16).steps(1).fit(IMAGES).last().gradientNorm();
      assertEquals(norm, Math.sqrt(squares), 1e-4 * norm);
    }
  }

  @Test
  void deadLayerHasZeroGradients() {
    try (VqVae model = model()) {
      var bias = model.variables().get("encoder.down.0.bias");
      float[] low = bias.toFloats();
      Arrays.fill(low, -1e6f);
      bias.set(low);
      List<ArrayStatistics> gradients = ModelStatistics.of(model, IMAGES).gradients();
      assertEquals(1, find(gradients, "encoder.down.0.weight").zeroFraction());
    }
  }

  @Test
  void uninitializedCodebookIsRejected() {
    try (VqVae model = Shapes.model(1, 3)) {
      assertMessageContains(
          assertThrows(IllegalStateException.class, () -> ModelStatistics.of(model, IMAGES)),
          "k-means",
          "was not initialized");
    }
  }

  private static List<String> names(List<ArrayStatistics> rows) {
    return rows.stream().map(ArrayStatistics::name).toList();
  }

  private static ArrayStatistics find(List<ArrayStatistics> rows, String name) {
    return rows.stream().filter(row -> row.name().equals(name)).findFirst().orElseThrow();
  }
}
