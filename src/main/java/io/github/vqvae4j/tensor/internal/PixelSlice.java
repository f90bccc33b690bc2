package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where one thread of {@link FloatNormalization} stands in an array [images, pixels, channels], and
 * the heap arrays that it computes in. A slice is some pixels: either all of some images or, where
 * an image is larger than a slice, some of one image.
 */
final class PixelSlice {
  /** Numbers in a slice: so few that the arrays of a loop stay in the first-level cache. */
  private static final int LENGTH = 1024;

  /** Slices whose sums are kept in floats before they go on in doubles. */
  private static final int FOLD = 64;

  private final ChannelGroups of;
  private final float[] x;
  private final float[] dy;
  private final float[] mean;
  private final float[] scale;
  private final float[] first;
  private final float[] second;
  private final float[] sums;
  private final float[] products;
  private final double[][] totals;
  private int accumulated;
  private int image;
  private int row;
  private int rows;
  private int length;

  /** Whether what this thread keeps of an image is that of another one. */
  private boolean entersImage;

  PixelSlice(ChannelGroups of) {
    this.of = of;
    int size = pixels(of) * of.channels();
    x = new float[size];
    dy = new float[size];
    mean = new float[size];
    scale = new float[size];
    first = new float[size];
    second = new float[size];
    sums = new float[size];
    products = new float[size];
    totals = new double[2][Math.multiplyExact(holdsImages(of) ? 1 : of.images(), of.channels())];
  }

  /** Whether a slice is all of some images. */
  static boolean holdsImages(ChannelGroups of) {
    return (long) of.pixels() * of.channels() <= LENGTH || of.pixels() == 1;
  }

  /** Pixels in a slice. */
  static int pixels(ChannelGroups of) {
    int most = Math.max(1, LENGTH / of.channels());
    return holdsImages(of) ? most / of.pixels() * of.pixels() : most;
  }

  /** Numbers of the channels, for one pixel of a slice after another. */
  static float[] repeated(float[] ofChannels, ChannelGroups of) {
    float[] result = new float[pixels(of) * of.channels()];
    for (int i = 0; i < result.length; i += of.channels()) {
      System.arraycopy(ofChannels, 0, result, i, of.channels());
    }
    return result;
  }

  /**
   * Moves to the slice that begins at a pixel.
   *
   * @param end where this thread's pixels end
   * @return where the next slice begins
   */
  int enter(int begin, int end) {
    int imageNow = begin / of.pixels();
    boolean holdsImages = holdsImages(of);
    entersImage = holdsImages || length == 0 || imageNow != image;
    if (accumulated == FOLD || entersImage && !holdsImages) {
      fold();
    }
    image = imageNow;
    row = begin;
    int last = holdsImages ? end : Math.min(end, (image + 1) * of.pixels());
    rows = Math.min(pixels(of), last - begin);
    length = rows * of.channels();
    return begin + rows;
  }

  /** The slice's image, or its first. */
  int image() {
    return image;
  }

  /** How many images the slice is, if it is all of some. */
  int images() {
    return rows / of.pixels();
  }

  void read(INDArray source) {
    read(source, x);
  }

  /** Reads x as (x - mean) scale, and its result's gradient. */
  void read(INDArray source, float[] means, float[] scales, INDArray gradient) {
    read(source, x);
    normalize(means, scales);
    read(gradient, dy);
  }

  private void read(INDArray source, float[] target) {
    HeapCopy.read(source, (long) row * of.channels(), target, 0, length);
  }

  void write(INDArray target) {
    HeapCopy.write(x, 0, length, target, (long) row * of.channels());
  }

  /** Finds mean and variance of each of the slice's images and groups. */
  void findMoments(float[] ones, float[] means, float[] variances) {
    average(x, ones, means);
    spread(means, mean);
    subtract(x, mean, dy, length);
    average(dy, dy, variances);
  }

  /** Accumulates the differences from a pixel of the slice's image, and their squares. */
  void accumulateDifferences(float[] pixel) {
    if (entersImage) {
      System.arraycopy(repeated(pixel, of), 0, mean, 0, mean.length);
    }
    subtract(x, mean, x, length);
    accumulate(x, x);
  }

  /** x becomes (x - mean) scale. */
  void normalize(float[] means, float[] scales) {
    if (entersImage) {
      spread(means, mean);
      spread(scales, scale);
    }
    normalize(x, mean, scale, length);
  }

  /** x becomes x weight + bias. */
  void transform(float[] weights, float[] biases) {
    transform(x, weights, biases, length);
  }

  /** Accumulates dy and dy x, for the gradients of bias and weight. */
  void accumulateGradients() {
    accumulate(dy, x);
  }

  /** Finds the means of dy and of dy x over each of the slice's images and groups. */
  void averageGradients(float[] ones, float[] firsts, float[] seconds) {
    average(dy, ones, firsts);
    average(dy, x, seconds);
  }

  void weighGradients(float[] weights) {
    multiply(dy, weights, length);
  }

  /** x becomes scale (dy - first - x second), the gradient of what it was before normalize. */
  void inputGradient(float[] firsts, float[] seconds) {
    if (entersImage) {
      spread(firsts, first);
      spread(seconds, second);
    }
    combine(x, dy, scale, first, second, length);
  }

  /** What was accumulated since the start, and its products: by channel, and image if it is one. */
  double[][] totals() {
    fold();
    return totals;
  }

  private void accumulate(float[] a, float[] b) {
    sum(a, b, sums, products, length);
    accumulated++;
  }

  private void fold() {
    if (accumulated > 0) {
      int base = holdsImages(of) ? 0 : image * of.channels();
      for (int i = 0; i < sums.length; i++) {
        totals[0][base + i % of.channels()] += sums[i];
        totals[1][base + i % of.channels()] += products[i];
      }
      Arrays.fill(sums, 0);
      Arrays.fill(products, 0);
      accumulated = 0;
    }
  }

  /** The mean of a b over each of the slice's images and groups. */
  private void average(float[] a, float[] b, float[] ofGroups) {
    for (int r = 0; r < rows; r += of.pixels()) {
      for (int group = 0; group < of.groups(); group++) {
        double sum = 0;
        for (int pixel = r; pixel < r + of.pixels(); pixel++) {
          sum += product(a, b, (pixel * of.groups() + group) * of.size(), of.size());
        }
        int place = (row + r) / of.pixels() * of.groups() + group;
        ofGroups[place] = (float) (sum / of.numbers());
      }
    }
  }

  /** Repeats each group's number for all its places in the slice. */
  private void spread(float[] ofGroups, float[] target) {
    for (int r = 0; r < rows; r++) {
      int base = (row + r) / of.pixels() * of.groups();
      for (int group = 0; group < of.groups(); group++) {
        int place = (r * of.groups() + group) * of.size();
        Arrays.fill(target, place, place + of.size(), ofGroups[base + group]);
      }
    }
  }

  /** The sum of a b; four sums at once, since each addition waits for the last. */
  private static double product(float[] a, float[] b, int from, int length) {
    double sum0 = 0;
    double sum1 = 0;
    double sum2 = 0;
    double sum3 = 0;
    int i = from;
    for (int end = from + length - 3; i < end; i += 4) {
      sum0 += a[i] * b[i];
      sum1 += a[i + 1] * b[i + 1];
      sum2 += a[i + 2] * b[i + 2];
      sum3 += a[i + 3] * b[i + 3];
    }
    for (; i < from + length; i++) {
      sum0 += a[i] * b[i];
    }
    return sum0 + sum1 + (sum2 + sum3);
  }

  // Loops that become vector instructions, since all arrays are read at one index.

  private static void subtract(float[] a, float[] b, float[] difference, int length) {
    for (int i = 0; i < length; i++) {
      difference[i] = a[i] - b[i];
    }
  }

  private static void normalize(float[] x, float[] mean, float[] scale, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = (x[i] - mean[i]) * scale[i];
    }
  }

  private static void transform(float[] x, float[] weight, float[] bias, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = x[i] * weight[i] + bias[i];
    }
  }

  private static void multiply(float[] a, float[] b, int length) {
    for (int i = 0; i < length; i++) {
      a[i] *= b[i];
    }
  }

  private static void sum(float[] a, float[] b, float[] sums, float[] products, int length) {
    for (int i = 0; i < length; i++) {
      sums[i] += a[i];
      products[i] += a[i] * b[i];
    }
  }

  private static void combine(
      float[] x, float[] dy, float[] scale, float[] first, float[] second, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = (dy[i] - first[i] - x[i] * second[i]) * scale[i];
    }
  }
}
