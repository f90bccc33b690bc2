package io.github.vqvae4j.model;

import io.github.vqvae4j.tensor.InsufficientMemoryException;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import java.util.Locale;
import java.util.Optional;

/** How much memory a large image takes on its way through a model, known from two small ones. */
final class PassMemory {
  /** Of the smaller one; any number of halvings that a model makes of so few pixels divides it. */
  private static final int SIDE = 256;

  private PassMemory() {}

  /**
   * A sentence about inference.
   *
   * @return empty if the model does not take smaller images, or there is not even memory for them
   */
  static Optional<String> text(ImageModel model, int height, int width, int channels) {
    int rows = Math.min(height, SIDE);
    int columns = SIDE * SIDE / rows;
    if (width < 2 * columns) {
      return Optional.empty();
    }
    try {
      // What does not grow with the image, such as blocks of scores, is in both.
      long small = bytes(model, rows, columns, channels);
      double pixel = (bytes(model, rows, 2 * columns, channels) - small) / (1. * rows * columns);
      double all = small + pixel * ((double) height * width - rows * columns);
      return Optional.of(
          String.format(
              Locale.ROOT,
              "The tensors of one image of %d x %d pixels take about %.1f GB on their way through"
                  + " the whole model.",
              height,
              width,
              all / (1L << 30)));
    } catch (IllegalArgumentException | NonFiniteException | InsufficientMemoryException e) {
      // Not a size that it takes, or no pass at all: the failure to be told is another one.
      return Optional.empty();
    }
  }

  private static long bytes(ImageModel model, int height, int width, int channels) {
    try (Step step = Step.inference()) {
      step.freeOnClose();
      model.forward(step.tensor(new float[height * width * channels], 1, height, width, channels));
      return step.bytes();
    }
  }
}
