package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.tensor.Step;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import org.slf4j.Logger;

/**
 * The factors by which a model downsamples the height and the width of images. Sides that are not
 * multiples of them are padded.
 *
 * @param rows the factor of the height
 * @param columns the factor of the width
 * @param channels the number of channels of the images; 0 if encoder and decoder do not fit to each
 *     other or accept one size only, and images are neither padded nor processed in tiles
 * @param obstacle why they are not, for messages; empty if they are
 */
public record Factors(int rows, int columns, int channels, String obstacle) {
  private static final Logger LOG = Log.of(Factors.class);

  /** The sides of the smallest map that is decoded; layers such as reflection padding need some. */
  private static final int[] SIDES = {1, 2, 4, 8};

  /** The side of the largest map that is decoded. */
  static final int MAX_SIDE = 10;

  /**
   * Creates the factors of images that are padded and processed in tiles.
   *
   * @param rows the factor of the height
   * @param columns the factor of the width
   * @param channels the number of channels of the images
   */
  public Factors(int rows, int columns, int channels) {
    this(rows, columns, channels, "");
  }

  private static Factors none(String obstacle) {
    return new Factors(1, 1, 0, obstacle);
  }

  /**
   * Measures the factors, also those of custom encoders and decoders: decodes maps of one, two and
   * three vectors along each side, and verifies that the encoder maps images of the size of the
   * result back to them. An encoder that makes one vector per cell of some sizes only, such as even
   * ones, thus has none. If such small maps are rejected, larger ones of up to ten vectors are
   * tried.
   *
   * @param dimension the dimension of the vectors
   * @return the factors, 1 for a side that does not grow with the map, as the height of windows of
   *     a series
   */
  public static Factors of(Encoder encoder, Decoder decoder, int dimension) {
    return ThreadPool.call(
        () -> {
          String obstacle = "";
          for (int side : SIDES) {
            try {
              return measured(encoder, decoder, dimension, side);
            } catch (InsufficientMemoryException | CancellationException e) {
              throw e;
            } catch (RuntimeException e) {
              // Maps this small, or any maps, are rejected. Whether the images are, the pass tells.
              LOG.debug("Maps of {} vectors a side are rejected.", side, e);
              obstacle = "small images or code maps are rejected (" + ProbePass.reason(e) + ")";
            }
          }
          return none(obstacle);
        });
  }

  private static Factors measured(Encoder encoder, Decoder decoder, int dimension, int side) {
    boolean isSeries = isSeries(decoder, dimension, side);
    int height = isSeries ? 1 : side;
    long[] first = decoded(decoder, height, side, dimension);
    Factors factors = new Factors((int) first[1] / height, (int) first[2] / side, (int) first[3]);
    for (int cells = side + 1; cells <= side + 2; cells++) {
      if (!factors.fit(encoder, decoder, isSeries ? 1 : cells, cells, dimension)) {
        return none("encoder and decoder do not scale all sizes by the same factor");
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

  /** Returns whether a decoder accepts maps of one row only, and keeps it. */
  private static boolean isSeries(Decoder decoder, int dimension, int width) {
    if (!accepts(decoder, 1, width, dimension) || accepts(decoder, 2, width, dimension)) {
      return false;
    }
    return decoded(decoder, 1, width, dimension)[1] == 1;
  }

  private static boolean accepts(Decoder decoder, int height, int width, int dimension) {
    try {
      decoded(decoder, height, width, dimension);
      return true;
    } catch (InsufficientMemoryException | CancellationException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.debug("A map of {} x {} vectors is rejected.", height, width, e);
      return false;
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
