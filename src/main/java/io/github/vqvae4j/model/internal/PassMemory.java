package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.memory.MemorySize;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.tensor.MemoryGuard;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * Estimates the memory of a forward pass on a large image, or on a large map of latents, by
 * extrapolation from two passes on small ones.
 *
 * @param description the description of the pass, for the message
 * @param height the height of the large input
 * @param width the width of the large input
 * @param side the side length of the smaller one of the two small inputs
 * @param pass runs the pass on an input of the given size
 */
public record PassMemory(String description, int height, int width, int side, Pass pass) {
  /** In pixels; divisible by any downsampling factor that a model applies to images this small. */
  private static final int SIDE = 256;

  /** A forward pass on zeros. */
  @FunctionalInterface
  public interface Pass {
    /** Runs the pass on zeros of the given size. */
    void run(Step step, int height, int width);
  }

  /**
   * Runs {@code work} on images. If memory is insufficient, the exception states the memory that
   * one image requires.
   */
  public static <T> T guard(Layer model, String caller, Dataset images, Supplier<T> work) {
    int[] shape = {images.height(), images.width(), images.channels()};
    int chunk = ImageChunks.size(images.size(), (long) images.height() * images.width());
    try {
      return MemoryGuard.run(
          caller + " of images " + Arrays.toString(shape),
          ArrayLengths.size(shape, 4L * chunk),
          work);
    } catch (InsufficientMemoryException e) {
      throw ofImage(model, shape[0], shape[1], shape[2]).explain(e);
    }
  }

  /**
   * Returns the memory of the tensors of a pass of the model on a large image, divided by the
   * number of pixels. The passes are those on half a tile and a tile. Workspaces do not count: they
   * depend on the number of threads.
   */
  static double bytesPerPixel(Layer model, Factors factors) {
    int height = factors.paddedHeight(SIDE / 2);
    int width = factors.paddedWidth(SIDE);
    PassMemory pass = ofImage(model, height, width, factors.channels());
    long half = pass.measure(height, width, Step::bytes);
    return (pass.measure(2 * height, width, Step::bytes) - half) / (1. * height * width);
  }

  private static PassMemory ofImage(Layer model, int height, int width, int channels) {
    return new PassMemory(
        "a forward pass of the model on one image of " + height + " x " + width + " pixels",
        height,
        width,
        SIDE,
        (step, h, w) -> model.forward(step.tensor(new float[h * w * channels], 1, h, w, channels)));
  }

  /** Returns the estimate for a map of latents and a decoder. */
  public static PassMemory ofMap(Decoder decoder, int height, int width, int dimension) {
    return new PassMemory(
        "a forward pass of the decoder on one map of " + height + " x " + width + " latents",
        height,
        width,
        Math.max(1, (int) (SIDE / Math.sqrt(decoder.pixelsPerVector()))),
        (step, h, w) ->
            decoder.forward(step.tensor(new float[h * w * dimension], 1, h, w, dimension)));
  }

  /**
   * Returns an exception that states the memory of the whole pass and sufficient limits, rather
   * than those of the single failed allocation.
   *
   * @return the given exception if it concerns the heap, or if small inputs cannot be processed
   */
  public InsufficientMemoryException explain(InsufficientMemoryException failure) {
    int rows = Math.min(height, side);
    int columns = side * side / rows;
    if (failure.isOnHeap() || width < 2 * columns) {
      return failure;
    }
    try {
      // Memory that is independent of the image size, such as blocks of scores, is part of both.
      long small = bytes(rows, columns);
      double perPixel = (bytes(rows, 2 * columns) - small) / (1. * rows * columns);
      long total = (long) (small + perPixel * ((double) height * width - rows * columns));
      return failure.withAdvice(
          "The tensors and workspaces of "
              + description
              + " take about "
              + MemorySize.format(total)
              + ". "
              + MemoryGuard.advice(total));
    } catch (IllegalArgumentException | NonFiniteException | InsufficientMemoryException e) {
      // The model does not accept the small size, or every pass fails: the given failure is the
      // one to report.
      return failure;
    }
  }

  private long bytes(int rows, int columns) {
    return measure(rows, columns, step -> step.bytes() + step.workspaceBytes());
  }

  private long measure(int rows, int columns, ToLongFunction<Step> memory) {
    return ThreadPool.call(
        () -> {
          try (Step step = Step.inference()) {
            step.freeOnClose();
            pass.run(step, rows, columns);
            return memory.applyAsLong(step);
          }
        });
  }
}
