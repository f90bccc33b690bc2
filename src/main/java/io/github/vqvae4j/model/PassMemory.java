package io.github.vqvae4j.model;

import io.github.vqvae4j.tensor.InsufficientMemoryException;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import java.util.Locale;
import java.util.Optional;

/** How much memory a large image takes on its way through a model, known from a small one. */
final class PassMemory {
  /** Any number of halvings that a model makes of so small an image divides it. */
  private static final int SIDE = 64;

  private PassMemory() {}

  /**
   * A sentence about inference.
   *
   * @param height of the image
   * @return empty if the model does not take a smaller one
   */
  static Optional<String> text(ImageModel model, int height, int width, int channels) {
    int rows = Math.min(height, SIDE);
    int columns = Math.min(width, SIDE);
    try (Step step = Step.inference()) {
      model.forward(step.tensor(new float[rows * columns * channels], 1, rows, columns, channels));
      double bytes = (double) step.bytes() * height * width / (rows * columns);
      return Optional.of(
          String.format(
              Locale.ROOT,
              "The tensors of one image of %d x %d pixels take about %.1f GB on their way through"
                  + " the whole model.",
              height,
              width,
              bytes / (1L << 30)));
    } catch (IllegalArgumentException | NonFiniteException | InsufficientMemoryException e) {
      // Not a size that it takes, or no pass at all: the failure to be told is another one.
      return Optional.empty();
    }
  }
}
