package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageLoss;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.LossTerm;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.tensor.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LearningRateFinderTest {
  private static final Dataset TRAIN = Shapes.rectangles(400, 8, 1, 1);

  private static VqVae model() {
    VectorQuantizerConfig quantizer = VectorQuantizer.ema(16, 4).init(Initialization.K_MEANS);
    return Shapes.model(1, 3, quantizer);
  }

  @Test
  void modelIsRestored() {
    try (VqVae model = model()) {
      Map<String, float[]> before = States.of(model);
      LearningRateCurve curve = LearningRateFinder.of(model).batch(16).steps(100).find(TRAIN);
      States.assertSame(before, States.of(model));
      assertTrue(curve.points().size() > 50, curve.toString());
    }
  }

  @Test
  void suggestedLearningRateTrains() {
    try (VqVae model = model()) {
      LearningRateCurve curve = LearningRateFinder.of(model).batch(16).find(TRAIN);
      double rate = curve.suggestion().orElseThrow();
      assertTrue(rate > 1e-4 && rate < 0.1, curve.toString());
      assertEquals(1e-6, curve.points().get(0).rate(), 1e-12);
      TrainingReport report =
          Trainer.of(model).optimizer(Adam.rate(rate)).batch(16).steps(150).fit(TRAIN);
      double start = curve.points().get(0).loss();
      assertTrue(report.last().loss() < 0.5 * start, rate + ": " + report);
    }
  }

  @Test
  void divergingRunIsTruncatedAndModelRestored() {
    try (VqVae model = model()) {
      Map<String, float[]> before = States.of(model);
      LearningRateCurve exploded =
          LearningRateFinder.of(model).optimizer(Sgd::rate).range(1e-3, 1e6).batch(16).find(TRAIN);
      assertTrue(exploded.points().size() < 200, exploded.points().size() + " points");
      States.assertSame(before, States.of(model));
    }
  }

  @Test
  void modelIsRestoredAfterInvalidArguments() {
    try (VqVae model = model()) {
      Map<String, float[]> before = States.of(model);
      assertThrows(
          IllegalArgumentException.class,
          () -> LearningRateFinder.of(model).batch(401).find(TRAIN));
      States.assertSame(before, States.of(model));
    }
  }

  /** A model whose loss is its single parameter. */
  private static final class Falling extends ImageModel {
    private final Parameter level = parameter("level", new float[] {1}, 1);

    @Override
    public ImageLoss loss(Tensor images, TrainingProgress progress) {
      LossTerm term = new LossTerm("level", level.in(images.step()).sum(), 1);
      return new ImageLoss(List.of(term), images, images, List.of(), List.of());
    }

    @Override
    protected Tensor compute(Tensor images) {
      return images;
    }

    @Override
    public Images reconstruct(Dataset images) {
      return Images.from(images);
    }

    @Override
    public Map<String, Optional<?>> settings() {
      return Map.of();
    }

    @Override
    public void save(Path file) {
      throw new UnsupportedOperationException();
    }
  }

  /** For example, a VAE with a Gaussian likelihood, which is a density. */
  @Test
  void negativeLossIsSupported() {
    try (Falling model = new Falling()) {
      LearningRateCurve curve = LearningRateFinder.of(model).range(1e-3, 1).steps(60).find(TRAIN);
      assertEquals(60, curve.points().size(), curve.toString());
      assertTrue(curve.points().get(59).smoothed() < -1, curve.toString());
    }
  }

  /** A loss that decreases fastest at 1e-3 and diverges near 1. */
  @Test
  void suggestionIsPointOfSteepestDescent() {
    List<Double> rates = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      double rate = Math.pow(10, -6 + 6.5 * i / 400);
      rates.add(rate);
      losses.add(1 / (1 + Math.exp(6 * (Math.log10(rate) + 3))) + 0.1 + rate * rate);
    }
    LearningRateCurve curve = LearningRateCurve.of(rates, losses);
    // The smoothed loss lags by about ten steps.
    assertEquals(-3, Math.log10(curve.suggestion().orElseThrow()), 0.25);
    assertMessageContains(
        new Exception(curve.toString()),
        "learning rate",
        "smoothed",
        "suggested learning rate: 1.");
  }

  @Test
  void smoothingIsBiasCorrected() {
    LearningRateCurve curve = LearningRateCurve.of(List.of(1.0, 2.0, 3.0), List.of(4.0, 4.0, 1.0));
    assertEquals(4, curve.points().get(1).smoothed(), 1e-12);
    double expected = (0.9 * 0.9 * 0.4 + 0.9 * 0.4 + 0.1) / (1 - 0.729);
    assertEquals(expected, curve.points().get(2).smoothed(), 1e-12);
  }

  @Test
  void increasingLossHasNoSuggestion() {
    List<Double> rates = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rates.add(Math.pow(1.2, i));
      losses.add(1.0 + i);
    }
    LearningRateCurve curve = LearningRateCurve.of(rates, losses);
    assertTrue(curve.suggestion().isEmpty());
    assertMessageContains(new Exception(curve.toString()), "no suggested learning rate");
    assertTrue(LearningRateCurve.of(List.of(), List.of()).suggestion().isEmpty());
  }

  @Test
  void invalidSettingsAreRejected() {
    try (VqVae model = model()) {
      LearningRateFinder<ImageBatch> finder = LearningRateFinder.of(model);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> finder.range(1, 1)),
          "min < max",
          "got min 1.0 and max 1.0");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> finder.range(1, Double.POSITIVE_INFINITY)),
          "finite",
          "Infinity");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> finder.steps(19)), "got 19");
    }
  }

  @Test
  void nonFiniteWeightsAreReported() {
    try (VqVae model = Shapes.model(1, 3)) {
      model.variables().get("encoder.mix.bias").write(0, new float[] {Float.NaN}, 0, 1);
      assertMessageContains(
          assertThrows(
              DivergenceException.class,
              () -> LearningRateFinder.of(model).batch(16).find(Shapes.rectangles(64, 8, 1, 1))),
          "encoder.mix.bias[0] is NaN");
    }
  }
}
