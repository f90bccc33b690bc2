package io.github.vqvae4j.model;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.memory.MemorySize;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;

/**
 * How much memory one large image takes on its way through a model, or one large map of latents
 * through its decoder, known from two small ones.
 *
 * @param of what takes it, as the message calls it
 * @param height of the large one
 * @param width of the large one
 * @param side of the smaller one of the small ones
 * @param pass takes one of a height and a width through a step
 */
record PassMemory(String of, int height, int width, int side, Pass pass) {
  /** In pixels: any number of halvings that a model makes of so few divides it. */
  private static final int SIDE = 256;

  /** Computes with zeros. */
  @FunctionalInterface
  interface Pass {
    /** Takes zeros of a height and a width through a model. */
    void run(Step step, int height, int width);
  }

  /** That of an image through the whole model. */
  static PassMemory ofImage(ImageModel model, int height, int width, int channels) {
    return new PassMemory(
        "one image of " + height + " x " + width + " pixels on its way through the whole model",
        height,
        width,
        SIDE,
        (step, h, w) -> model.forward(step.tensor(new float[h * w * channels], 1, h, w, channels)));
  }

  /** That of a map of vectors through a decoder. */
  static PassMemory ofMap(Decoder decoder, int height, int width, int dimension) {
    return new PassMemory(
        "one map of " + height + " x " + width + " latents on its way through the decoder",
        height,
        width,
        Math.max(1, (int) (SIDE / Math.sqrt(decoder.pixelsPerVector()))),
        (step, h, w) ->
            decoder.forward(step.tensor(new float[h * w * dimension], 1, h, w, dimension)));
  }

  /**
   * Says in an exception what the whole pass takes and which limits will likely do, rather than
   * those for the block that was refused.
   *
   * @return the exception as it is if that is of the heap, or smaller images cannot be taken
   */
  InsufficientMemoryException explain(InsufficientMemoryException refused) {
    int rows = Math.min(height, side);
    int columns = side * side / rows;
    if (refused.isOnHeap() || width < 2 * columns) {
      return refused;
    }
    try {
      // What does not grow with the image, such as blocks of scores, is in both.
      long small = bytes(rows, columns);
      double pixel = (bytes(rows, 2 * columns) - small) / (1. * rows * columns);
      long all = (long) (small + pixel * ((double) height * width - rows * columns));
      return refused.withAdvice(
          "The tensors and workspaces of "
              + of
              + " take about "
              + MemorySize.text(all)
              + ". "
              + MemoryGuard.advice(all));
    } catch (IllegalArgumentException | NonFiniteException | InsufficientMemoryException e) {
      // Not a size that it takes, or no pass at all: the failure to be told is another one.
      return refused;
    }
  }

  private long bytes(int rows, int columns) {
    try (Step step = Step.inference()) {
      step.freeOnClose();
      pass.run(step, rows, columns);
      return step.bytes() + step.workspaceBytes();
    }
  }
}
