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
   * Measures the factors, also those of custom encoders and decoders: decodes maps of one, two and
   * three vectors along each side, and verifies that the encoder maps images of the size of the
   * result back to them. An encoder that makes one vector per cell of some sizes only, such as even
   * ones, thus has none.
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
            LOG.debug("Images are not padded: small maps are rejected.", e);
            return NONE;
          }
        });
  }

  private static Factors measured(Encoder encoder, Decoder decoder, int dimension) {
    long[] one = decoded(decoder, 1, 1, dimension);
    Factors factors = new Factors((int) one[1], (int) one[2], (int) one[3]);
    boolean isSeries = factors.rows == 1 && isSeries(decoder, dimension);
    for (int cells = 2; cells <= 3; cells++) {
      if (!factors.fit(encoder, decoder, isSeries ? 1 : cells, cells, dimension)) {
        return NONE;
      }
    }
    return factors;
  }

  /** Returns whether a map is decoded to images of the size that these factors tell, and back. */
  private boolean fit(Encoder encoder, Decoder decoder, int height, int width, int dimension) {
    long[] image = {1, (long) height * rows, (long) width * columns, channels};
    if (!Arrays.equals(decoded(decoder, height, width, dimension), image)) {
      return false;
    }
    try (Step step = Step.inference()) {
      float[] pixels = new float[(int) (image[1] * image[2]) * channels];
      long[] map = {1, height, width, dimension};
      return Arrays.equals(encoder.forward(step.tensor(pixels, image)).shape(), map);
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
