package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import java.util.Arrays;

/**
 * Restores the contrast of decoded images. A model trained with the mean squared error decodes
 * uncertain edges to gray. The curve maps pixel values so that the reconstructions of training
 * images have the distribution of values of the images themselves (histogram matching).
 */
final class ToneCurve {
  /** The number of intervals between quantiles. */
  private static final int INTERVALS = 1_000;

  private final float[] decoded;
  private final float[] original;

  private ToneCurve(float[] decoded, float[] original) {
    this.decoded = decoded;
    this.original = original;
  }

  /**
   * Computes the curve.
   *
   * @param images training images
   * @param reconstructions their reconstructions
   */
  static ToneCurve of(Dataset images, Images reconstructions) {
    return new ToneCurve(
        quantiles(reconstructions.pixels()), quantiles(images.pixels(0, images.size())));
  }

  private static float[] quantiles(float... values) {
    float[] sorted = values.clone();
    Arrays.sort(sorted);
    float[] quantiles = new float[INTERVALS + 1];
    for (int i = 0; i <= INTERVALS; i++) {
      quantiles[i] = sorted[(int) ((long) i * (sorted.length - 1) / INTERVALS)];
    }
    return quantiles;
  }

  /** Returns images with mapped values, and without labels. */
  Images apply(Images images) {
    float[] pixels = images.pixels();
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = map(pixels[i]);
    }
    return Images.of(pixels, images.size(), images.height(), images.width(), images.channels());
  }

  private float map(float value) {
    int found = Arrays.binarySearch(decoded, value);
    int next = found >= 0 ? found : -found - 1; // the first quantile that is not smaller
    if (next == 0 || next > INTERVALS || found >= 0) {
      return original[Math.min(next, INTERVALS)];
    }
    float fraction = (value - decoded[next - 1]) / (decoded[next] - decoded[next - 1]);
    return original[next - 1] + fraction * (original[next] - original[next - 1]);
  }
}
