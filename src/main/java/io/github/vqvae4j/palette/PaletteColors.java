package io.github.vqvae4j.palette;

import io.github.vqvae4j.metrics.FiniteRows;
import io.github.vqvae4j.quantize.KMeans;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Computes the colors of an {@link ImagePalette}. All colors are distinct and quantized to the 256
 * levels of a file in each channel. Within this class, a color is an int with 8 bits per channel.
 */
final class PaletteColors {
  private static final int MAX_LEVEL = 255;

  private final float[] pixels;
  private final int channels;

  /** The pixels as colors. */
  private final int[] packed;

  private PaletteColors(float[] pixels, int channels) {
    this.pixels = pixels;
    this.channels = channels;
    packed = new int[pixels.length / channels];
    for (int i = 0; i < pixels.length; i++) {
      packed[i / channels] = packed[i / channels] << 8 | level(pixels[i]);
    }
  }

  /**
   * Returns colors [K, channels], or all colors of the pixels if there are fewer.
   *
   * @param pixels the pixels, [n, channels], quantized to the levels
   */
  static float[] of(float[] pixels, int channels, KMeansConfig config, Rng rng) {
    PaletteColors search = new PaletteColors(pixels, channels);
    int[] distinct = search.distinctColors(config.clusters() + 1L);
    if (distinct.length <= config.clusters()) {
      return search.values(distinct);
    }
    float[] centers = KMeans.fit(pixels, channels, config, rng).centers();
    float[] colors = rounded(centers, channels);
    search.replaceUnused(colors);
    return colors;
  }

  /**
   * Returns the values, rounded to the levels, in a new array.
   *
   * @throws IllegalArgumentException if a value is NaN or infinite
   */
  static float[] rounded(float[] values, int channels) {
    FiniteRows.check("ImagePalette", values, channels);
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = level(values[i]) / (float) MAX_LEVEL;
    }
    return rounded;
  }

  private static int level(float value) {
    return Math.round(Math.max(0, Math.min(1, value)) * MAX_LEVEL);
  }

  private float[] values(int[] colors) {
    float[] values = new float[colors.length * channels];
    for (int i = 0; i < values.length; i++) {
      int shift = 8 * (channels - 1 - i % channels);
      values[i] = (colors[i / channels] >> shift & 0xff) / (float) MAX_LEVEL;
    }
    return values;
  }

  /** Returns at most {@code max} distinct colors, in the order of their first pixels. */
  private int[] distinctColors(long max) {
    BitSet seen = new BitSet();
    return Arrays.stream(packed)
        .filter(
            color -> {
              boolean isNew = !seen.get(color);
              seen.set(color);
              return isNew;
            })
        .limit(max)
        .toArray();
  }

  /**
   * Replaces colors that no pixel has, such as those that became equal by rounding, by the pixel
   * colors with the largest error. The error decreases each time, until all colors are used.
   */
  private void replaceUnused(float[] colors) {
    int count = colors.length / channels;
    for (BitSet used = used(colors); used.cardinality() < count; used = used(colors)) {
      replaceUnused(colors, used);
    }
  }

  private BitSet used(float[] colors) {
    BitSet used = new BitSet();
    for (int color : KMeans.nearest(pixels, channels, colors)) {
      used.set(color);
    }
    return used;
  }

  private void replaceUnused(float[] colors, BitSet used) {
    Candidates candidates = new Candidates(colors, used);
    int count = colors.length / channels;
    for (int k = used.nextClearBit(0); k < count; k = used.nextClearBit(k + 1)) {
      float[] chosen = candidates.take();
      System.arraycopy(chosen, 0, colors, k * channels, channels);
    }
  }

  private double distance(float[] rows, int row, float[] colors, int color) {
    double distance = 0;
    for (int c = 0; c < channels; c++) {
      double difference = (double) rows[row * channels + c] - colors[color * channels + c];
      distance += difference * difference;
    }
    return distance;
  }

  /**
   * The colors of the pixels and their squared distances to the palette; 0 for colors of the
   * palette.
   */
  private final class Candidates {
    private final float[] rows;
    private final int[] counts;
    private final double[] distances;

    Candidates(float[] colors, BitSet used) {
      int[] distinct = distinctColors(packed.length);
      Arrays.sort(distinct);
      rows = values(distinct);
      counts = new int[distinct.length];
      for (int color : packed) {
        counts[Arrays.binarySearch(distinct, color)]++;
      }
      float[] palette = new float[used.cardinality() * channels];
      int next = 0;
      for (int k = used.nextSetBit(0); k >= 0; k = used.nextSetBit(k + 1)) {
        System.arraycopy(colors, k * channels, palette, next, channels);
        next += channels;
      }
      int[] nearest = KMeans.nearest(rows, channels, palette);
      distances = new double[counts.length];
      for (int i = 0; i < distances.length; i++) {
        distances[i] = distance(rows, i, palette, nearest[i]);
      }
    }

    /** Returns the color with the largest total error and adds it to the palette. */
    float[] take() {
      int worst = 0;
      for (int i = 1; i < counts.length; i++) {
        worst = counts[i] * distances[i] > counts[worst] * distances[worst] ? i : worst;
      }
      float[] chosen = Arrays.copyOfRange(rows, worst * channels, (worst + 1) * channels);
      for (int i = 0; i < distances.length; i++) {
        distances[i] = Math.min(distances[i], distance(rows, i, chosen, 0));
      }
      return chosen;
    }
  }
}
