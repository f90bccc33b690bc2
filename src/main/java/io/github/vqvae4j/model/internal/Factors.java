package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import org.slf4j.Logger;

/**
 * The factors by which a model downsamples the height and the width of images. Sides that are not
 * multiples of them are padded.
 *
 * @param rows the factor of the height
 * @param columns the factor of the width
 * @param channels the number of channels of the images; 0 if encoder and decoder do not fit to each
 *     other or accept one size only, and images are neither padded nor processed in tiles
 */
public record Factors(int rows, int columns, int channels) {
  private static final Logger LOG = Log.of(Factors.class);

  private static final Factors NONE = new Factors(1, 1, 0);

  /**
   * Measures the factors, also those of custom encoders and decoders: decodes a map of one vector
   * and one of two vectors along each side, and verifies that the encoder maps images of the size
   * of the result back to them.
   *
   * @param dimension the dimension of the vectors
   * @return the factors, 1 for a side that does not grow with the map, as the height of windows of
   *     a series
   */
  public static Factors of(Encoder encoder, Decoder decoder, int dimension) {
    return ThreadPool.call(
        () -> {
          try {
            return measured(encoder, decoder, dimension);
          } catch (IllegalArgumentException e) {
            // Maps this small, or any maps, are rejected. Whether the images are, the pass tells.
            LOG.debug("Images are not padded: the decoder rejects small maps.", e);
            return NONE;
          }
        });
  }

  private static Factors measured(Encoder encoder, Decoder decoder, int dimension) {
    long[] one = decoded(decoder, 1, 1, dimension);
    int rows = (int) one[1];
    int columns = (int) one[2];
    int height = rows == 1 && isSeries(decoder, dimension) ? 1 : 2;
    long[] two = decoded(decoder, height, 2, dimension);
    long[] map = {1, height, 2, dimension};
    try (Step step = Step.inference()) {
      float[] pixels = new float[height * rows * 2 * columns * (int) one[3]];
      boolean fits =
          two[1] == (long) height * rows
              && two[2] == 2L * columns
              && Arrays.equals(encoder.forward(step.tensor(pixels, two)).shape(), map);
      return fits ? new Factors(rows, columns, (int) one[3]) : NONE;
    }
  }

  /** Returns whether a decoder accepts maps of one row only. */
  private static boolean isSeries(Decoder decoder, int dimension) {
    try {
      decoded(decoder, 2, 1, dimension);
      return false;
    } catch (IllegalArgumentException e) {
      LOG.debug("The height of maps is 1: the decoder rejects two rows.", e);
      return true;
    }
  }

  private static long[] decoded(Decoder decoder, int height, int width, int dimension) {
    try (Step step = Step.inference()) {
      float[] zeros = new float[height * width * dimension];
      return decoder.forward(step.tensor(zeros, 1, height, width, dimension)).shape();
    }
  }

  /** Returns the smallest height that is a multiple of the factor and not below this one. */
  public int paddedHeight(int height) {
    return ArrayLengths.chunks(height, rows) * rows;
  }

  /** Returns the smallest width that is a multiple of the factor and not below this one. */
  public int paddedWidth(int width) {
    return ArrayLengths.chunks(width, columns) * columns;
  }

  /** Returns images whose sides are multiples of the factors: the last row and column repeat. */
  ImageChunks.Chunk pad(ImageChunks.Chunk chunk) {
    int height = (int) chunk.shape()[1];
    int width = (int) chunk.shape()[2];
    int newHeight = paddedHeight(height);
    int newWidth = paddedWidth(width);
    if (newHeight == height && newWidth == width) {
      return chunk;
    }
    int values = (int) chunk.shape()[3];
    float[] all = new float[chunk.count() * newHeight * newWidth * values];
    for (int line = 0; line < chunk.count() * newHeight; line++) {
      int row = Math.min(line % newHeight, height - 1);
      int source = (line / newHeight * height + row) * width * values;
      int target = line * newWidth * values;
      System.arraycopy(chunk.pixels(), source, all, target, width * values);
      int last = source + (width - 1) * values;
      for (int column = width; column < newWidth; column++) {
        System.arraycopy(chunk.pixels(), last, all, target + column * values, values);
      }
    }
    return new ImageChunks.Chunk(chunk.from(), all, chunk.count(), newHeight, newWidth, values);
  }
}
