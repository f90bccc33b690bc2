package io.github.vqvae4j.examples;

import io.github.vqvae4j.model.vqvae.Recipe;
import java.util.List;

/**
 * A training curve recorded by the authors of a recipe.
 *
 * @param images the number of training images, taken from the start of the training set
 * @param window the number of steps averaged for each point
 * @param points a selection of the published points
 */
record RecordedCurve(int images, int window, List<CurvePoint> points) {
  /** The number of steps per epoch in Keras's MNIST example. */
  private static final int EPOCH = 468;

  static RecordedCurve of(Recipe recipe) {
    return switch (recipe) {
      case SONNET_CIFAR10 ->
          new RecordedCurve(
              40_000,
              100,
              List.of(
                  new CurvePoint(100, 0.483, 10.4),
                  new CurvePoint(500, 0.147, 34.3),
                  new CurvePoint(1_000, 0.105, 71.8),
                  new CurvePoint(2_000, 0.081, 154),
                  new CurvePoint(5_000, 0.061, 327),
                  new CurvePoint(10_000, 0.056, 326)));
      case ZALANDO_CIFAR10 ->
          new RecordedCurve(50_000, 100, List.of(new CurvePoint(15_000, 0.055, 405)));
      case KERAS_MNIST ->
          new RecordedCurve(
              60_000,
              EPOCH,
              List.of(
                  epoch(1, 0.3869),
                  epoch(2, 0.1692),
                  epoch(5, 0.0883),
                  epoch(10, 0.0612),
                  epoch(20, 0.0486),
                  epoch(30, 0.0444)));
    };
  }

  private static CurvePoint epoch(int number, double normalizedError) {
    return new CurvePoint((long) number * EPOCH, normalizedError, Double.NaN);
  }
}
