package io.github.vqvae4j.model;

import io.github.vqvae4j.metrics.FiniteRows;
import io.github.vqvae4j.quantize.KMeans;
import io.github.vqvae4j.quantize.KMeansConfig;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Finds the colours of an {@link ImagePalette}. All are among the 256 steps of a file for each
 * channel, and no two are equal. Within this class, a colour of such steps is an int of 8 bits for
 * each channel.
 */
final class PaletteColors {
  private static final int STEPS = 255;

  private final float[] pixels;
  private final int channels;

  /** The pixels. */
  private final int[] packed;

  private PaletteColors(float[] pixels, int channels) {
    this.pixels = pixels;
    this.channels = channels;
    packed = new int[pixels.length / channels];
    for (int i = 0; i < pixels.length; i++) {
      packed[i / channels] = packed[i / channels] << 8 | step(pixels[i]);
    }
  }

  /**
   * Colours [K, channels], or those that pixels [n, channels] have if these are fewer.
   *
   * @param pixels rounded to the steps
   */
  static float[] of(float[] pixels, int channels, KMeansConfig config, Rng rng) {
    PaletteColors search = new PaletteColors(pixels, channels);
    int[] few = search.firstDifferent(config.clusters() + 1L);
    if (few.length <= config.clusters()) {
      return search.values(few);
    }
    float[] centers = KMeans.fit(pixels, channels, config, rng).centers();
    float[] colors = rounded(centers, channels);
    search.useAll(colors);
    return colors;
  }

  /**
   * Values rounded to the steps, in a new array.
   *
   * @throws IllegalArgumentException if one is NaN or infinite
   */
  static float[] rounded(float[] values, int channels) {
    FiniteRows.check("ImagePalette", values, channels);
    float[] rounded = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      rounded[i] = step(values[i]) / (float) STEPS;
    }
    return rounded;
  }

  private static int step(float value) {
    return Math.round(Math.max(0, Math.min(1, value)) * STEPS);
  }

  private float[] values(int[] colors) {
    float[] values = new float[colors.length * channels];
    for (int i = 0; i < values.length; i++) {
      int shift = 8 * (channels - 1 - i % channels);
      values[i] = (colors[i / channels] >> shift & 0xff) / (float) STEPS;
    }
    return values;
  }

  /** So many of the different colours, or all, in the order in which the pixels have them. */
  private int[] firstDifferent(long most) {
    BitSet seen = new BitSet();
    return Arrays.stream(packed)
        .filter(
            color -> {
              boolean isNew = !seen.get(color);
              seen.set(color);
              return isNew;
            })
        .limit(most)
        .toArray();
  }

  /**
   * Moves colours that no pixel has, such as those that became equal by rounding, to where the
   * error is largest. Each time the error falls; in the end all are used.
   */
  private void useAll(float[] colors) {
    int count = colors.length / channels;
    for (BitSet used = used(colors); used.cardinality() < count; used = used(colors)) {
      refill(colors, used);
    }
  }

  private BitSet used(float[] colors) {
    BitSet used = new BitSet();
    for (int color : KMeans.nearest(pixels, channels, colors)) {
      used.set(color);
    }
    return used;
  }

  private void refill(float[] colors, BitSet used) {
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

  /** The colours of the pixels, with what each loses. Those of the palette lose nothing. */
  private final class Candidates {
    private final float[] rows;
    private final int[] counts;
    private final double[] distances;

    Candidates(float[] colors, BitSet used) {
      int[] different = firstDifferent(packed.length);
      Arrays.sort(different);
      rows = values(different);
      counts = new int[different.length];
      for (int color : packed) {
        counts[Arrays.binarySearch(different, color)]++;
      }
      float[] kept = new float[used.cardinality() * channels];
      int next = 0;
      for (int k = used.nextSetBit(0); k >= 0; k = used.nextSetBit(k + 1)) {
        System.arraycopy(colors, k * channels, kept, next, channels);
        next += channels;
      }
      int[] nearest = KMeans.nearest(rows, channels, kept);
      distances = new double[counts.length];
      for (int i = 0; i < distances.length; i++) {
        distances[i] = distance(rows, i, kept, nearest[i]);
      }
    }

    /** The colour that loses most, which from now on is of the palette. */
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
