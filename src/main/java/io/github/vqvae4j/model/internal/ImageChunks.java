package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * Runs a model on chunks of images, several at once. The chunks depend on the number and the size
 * of the images only, so results do not depend on the number of threads.
 */
public final class ImageChunks {
  /** The maximum number of images in a chunk. Larger chunks are hardly faster on one thread. */
  private static final int MAX_IMAGES = 16;

  /** Even small datasets are cut into two chunks, so that two cores are used. */
  private static final int MIN_CHUNKS = 2;

  /**
   * The number of chunks at the end of a large dataset that are cut in half, so that no thread
   * waits long for the one that computes the last chunk.
   */
  private static final int HALVED = 2;

  /** The maximum number of pixels in a chunk of several images, which bounds the memory. */
  private static final int MAX_PIXELS = 1 << 14;

  /** The maximum number of positions in a row of all maps of a chunk of several maps. */
  private static final int MAX_ROW = 1 << 9;

  private ImageChunks() {}

  /** Returns the maximum number of images in a chunk, given the number and size of the images. */
  public static int size(int count, long pixelsPerImage) {
    return size(count, max(pixelsPerImage));
  }

  private static int size(int count, int max) {
    return Math.min(max, Math.max(1, ArrayLengths.chunks(count, MIN_CHUNKS)));
  }

  private static int max(long pixelsPerImage) {
    return (int) Math.max(1, Math.min(MAX_IMAGES, MAX_PIXELS / pixelsPerImage));
  }

  /**
   * The chunks of a number of images.
   *
   * @param count the number of images
   * @param size the number of images in a chunk
   * @param whole the number of chunks of that size; the others are half as large
   */
  record Chunks(int count, int size, int whole) {
    static Chunks of(int count, long pixelsPerImage) {
      return ofSize(count, ImageChunks.size(count, pixelsPerImage));
    }

    private static Chunks ofSize(int count, int size) {
      int chunks = ArrayLengths.chunks(count, size);
      return new Chunks(count, size, chunks > HALVED ? chunks - HALVED : chunks);
    }

    private int half() {
      return ArrayLengths.chunks(size, 2);
    }

    /** Returns the number of chunks. */
    int chunks() {
      return whole + ArrayLengths.chunks(count - from(whole), half());
    }

    /** Returns the index of the chunk that contains an image. */
    int indexOf(int image) {
      int halved = image - from(whole);
      return halved < 0 ? image / size : whole + halved / half();
    }

    /** Returns the index of the first image of a chunk; the number of images after the last. */
    int from(int chunk) {
      long from = (long) Math.min(chunk, whole) * size + (long) Math.max(0, chunk - whole) * half();
      return (int) Math.min(count, from);
    }
  }

  /**
   * A range of images.
   *
   * @param from the index of the first image
   * @param pixels the pixels [images, height, width, channels]
   * @param shape the shape of the pixels
   */
  public record Chunk(int from, float[] pixels, long... shape) {
    /** Returns the number of images. */
    public int count() {
      return (int) shape[0];
    }

    /**
     * Returns codes of these images with their size, if it is not that of the padded ones.
     *
     * @param padded the images that were encoded
     */
    public Codes sized(Chunk padded, Codes codes) {
      return padded == this ? codes : codes.withImageSize((int) shape[1], (int) shape[2]);
    }

    /** Returns the images as a tensor of a step. */
    public Tensor in(Step step) {
      return step.tensor(pixels, shape);
    }
  }

  /**
   * Runs a pass on all chunks of a dataset.
   *
   * @param images the images, which are read by the calling thread, in order
   * @param pass computes the result of a chunk, on any thread; opens its own steps
   * @param results receives the results on the calling thread, in order
   * @param <R> the type of a result
   */
  public static <R> void forEach(Dataset images, Function<Chunk, R> pass, Consumer<R> results) {
    forEachFrom(0, images, pass, results);
  }

  /**
   * Runs a pass on the last chunks of a dataset, which are the same as if it ran on all of them.
   *
   * @param first the index of an image in the first of these chunks
   * @param images the images, which are read by the calling thread, in order
   * @param pass computes the result of a chunk, on any thread; opens its own steps
   * @param results receives the results on the calling thread, in order
   * @param <R> the type of a result
   */
  public static <R> void forEachFrom(
      int first, Dataset images, Function<Chunk, R> pass, Consumer<R> results) {
    long pixels = (long) images.height() * images.width();
    Chunks chunks = Chunks.of(images.size(), pixels);
    forEach(
        chunks,
        chunks.indexOf(first),
        pixels,
        (from, to) -> chunk(images, from, to),
        pass,
        results);
  }

  private static Chunk chunk(Dataset images, int from, int to) {
    return new Chunk(
        from,
        images.pixels(from, to),
        to - from,
        images.height(),
        images.width(),
        images.channels());
  }

  /** Reads the input of a chunk, from {@code from} (inclusive) to {@code to} (exclusive). */
  @FunctionalInterface
  public interface Input<I> {
    /** Returns the input. */
    I read(int from, int to);
  }

  /**
   * Runs a pass on chunks of any input.
   *
   * @param count the number of images
   * @param pixelsPerImage the size of an image
   * @param input reads the input of a chunk, on the calling thread
   * @param pass computes the result of a chunk, on any thread; opens its own steps
   * @param results receives the results on the calling thread, in order
   * @param <I> the type of an input
   * @param <R> the type of a result
   */
  public static <I, R> void forEach(
      int count, long pixelsPerImage, Input<I> input, Function<I, R> pass, Consumer<R> results) {
    forEach(Chunks.of(count, pixelsPerImage), 0, pixelsPerImage, input, pass, results);
  }

  /**
   * Runs a pass that computes code maps row by row. Chunks are larger than those of images, since a
   * row of few small maps is too little work.
   *
   * @param count the number of maps
   * @param height the height of a map
   * @param width the width of a map
   * @param input reads the input of a chunk, on the calling thread
   * @param pass computes the result of a chunk, on any thread; opens its own steps
   * @param results receives the results on the calling thread, in order
   * @param <I> the type of an input
   * @param <R> the type of a result
   */
  public static <I, R> void forEachByRow(
      int count, int height, int width, Input<I> input, Function<I, R> pass, Consumer<R> results) {
    Chunks chunks = Chunks.ofSize(count, size(count, Math.max(1, MAX_ROW / width)));
    forEach(chunks, 0, (long) height * width, input, pass, results);
  }

  private static <I, R> void forEach(
      Chunks chunks,
      int first,
      long pixelsPerImage,
      Input<I> input,
      Function<I, R> pass,
      Consumer<R> results) {
    IntFunction<I> read = i -> input.read(chunks.from(first + i), chunks.from(first + i + 1));
    int threads = ThreadPool.threads(pixelsPerImage);
    ThreadPool.forEach(chunks.chunks() - first, threads, read, pass, results);
  }
}
