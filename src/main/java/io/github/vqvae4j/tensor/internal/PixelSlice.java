package io.github.vqvae4j.tensor.internal;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The current slice of one thread of {@link FloatNormalization} in an array [images, pixels,
 * channels], and the heap arrays for its computation. A slice consists of pixels: either of one or
 * more complete images or, if an image is larger than a slice, of part of one image.
 */
final class PixelSlice {
  /**
   * The number of elements in a slice, small enough that the arrays of a loop fit into the L1
   * cache.
   */
  private static final int LENGTH = 1024;

  /** The number of slices summed in float before the sums are added to the double totals. */
  private static final int SLICES_PER_FLUSH = 64;

  private final ChannelGroups groups;
  private final float[] x;
  private final float[] dy;
  private final float[] mean;
  private final float[] scale;
  private final float[] gradientMean;
  private final float[] productMean;
  private final float[] sums;
  private final float[] products;
  private final double[][] totals;
  private int accumulated;
  private int image;
  private int row;
  private int rows;
  private int length;

  /** Whether the slice begins a new image, so the per-image arrays must be updated. */
  private boolean isNewImage;

  PixelSlice(ChannelGroups groups) {
    this.groups = groups;
    int size = pixels(groups) * groups.channels();
    x = new float[size];
    dy = new float[size];
    mean = new float[size];
    scale = new float[size];
    gradientMean = new float[size];
    productMean = new float[size];
    sums = new float[size];
    products = new float[size];
    totals =
        new double[2]
            [Math.multiplyExact(holdsWholeImages(groups) ? 1 : groups.images(), groups.channels())];
  }

  /** Returns whether slices consist of complete images. */
  static boolean holdsWholeImages(ChannelGroups groups) {
    return (long) groups.pixels() * groups.channels() <= LENGTH || groups.pixels() == 1;
  }

  /** Returns the number of pixels in a slice. */
  static int pixels(ChannelGroups groups) {
    int maxPixels = Math.max(1, LENGTH / groups.channels());
    return holdsWholeImages(groups) ? maxPixels / groups.pixels() * groups.pixels() : maxPixels;
  }

  /** Repeats per-channel values for each pixel of a slice. */
  static float[] repeat(float[] channelValues, ChannelGroups groups) {
    float[] result = new float[pixels(groups) * groups.channels()];
    for (int i = 0; i < result.length; i += groups.channels()) {
      System.arraycopy(channelValues, 0, result, i, groups.channels());
    }
    return result;
  }

  /**
   * Moves to the slice that begins at a pixel.
   *
   * @param begin the first pixel of the slice
   * @param end the end of this thread's pixels
   * @return the first pixel of the next slice
   */
  int moveTo(int begin, int end) {
    int newImage = begin / groups.pixels();
    boolean holdsWholeImages = holdsWholeImages(groups);
    isNewImage = holdsWholeImages || length == 0 || newImage != image;
    if (accumulated == SLICES_PER_FLUSH || isNewImage && !holdsWholeImages) {
      flush();
    }
    image = newImage;
    row = begin;
    int last = holdsWholeImages ? end : Math.min(end, (image + 1) * groups.pixels());
    rows = Math.min(pixels(groups), last - begin);
    length = rows * groups.channels();
    return begin + rows;
  }

  /** Returns the index of the slice's image, or of its first image. */
  int image() {
    return image;
  }

  /** Returns the number of complete images in the slice. */
  int images() {
    return rows / groups.pixels();
  }

  void read(INDArray source) {
    read(source, x);
  }

  /** Reads x, normalizes it to (x - mean) scale, and reads the gradient of the result. */
  void read(INDArray source, float[] means, float[] scales, INDArray gradient) {
    read(source, x);
    normalize(means, scales);
    read(gradient, dy);
  }

  private void read(INDArray source, float[] target) {
    HeapCopy.read(source, (long) row * groups.channels(), target, 0, length);
  }

  void write(INDArray target) {
    HeapCopy.write(x, 0, length, target, (long) row * groups.channels());
  }

  /** Computes the mean and variance of each image and group of the slice. */
  void computeMoments(float[] ones, float[] means, float[] variances) {
    average(x, ones, means);
    repeatGroupValues(means, mean);
    subtract(x, mean, dy, length);
    average(dy, dy, variances);
  }

  /** Accumulates the differences from a pixel of the slice's image and their squares. */
  void accumulateDifferences(float[] pixel) {
    if (isNewImage) {
      System.arraycopy(repeat(pixel, groups), 0, mean, 0, mean.length);
    }
    subtract(x, mean, x, length);
    accumulate(x, x);
  }

  /** Replaces x by (x - mean) scale. */
  void normalize(float[] means, float[] scales) {
    if (isNewImage) {
      repeatGroupValues(means, mean);
      repeatGroupValues(scales, scale);
    }
    normalize(x, mean, scale, length);
  }

  /** Replaces x by x weight + bias. */
  void transform(float[] weights, float[] biases) {
    transform(x, weights, biases, length);
  }

  /** Accumulates dy and dy x for the gradients of bias and weight. */
  void accumulateGradients() {
    accumulate(dy, x);
  }

  /** Computes the means of dy and of dy x for each image and group of the slice. */
  void averageGradients(float[] ones, float[] gradientMeans, float[] productMeans) {
    average(dy, ones, gradientMeans);
    average(dy, x, productMeans);
  }

  void multiplyGradients(float[] weights) {
    multiply(dy, weights, length);
  }

  /**
   * Replaces x by scale (dy - gradientMean - x productMean), the gradient with respect to the input
   * of normalize.
   */
  void inputGradient(float[] gradientMeans, float[] productMeans) {
    if (isNewImage) {
      repeatGroupValues(gradientMeans, gradientMean);
      repeatGroupValues(productMeans, productMean);
    }
    combine(x, dy, scale, gradientMean, productMean, length);
  }

  /**
   * Returns the accumulated sums and sums of products, by channel, and by image if images are
   * larger than a slice.
   */
  double[][] totals() {
    flush();
    return totals;
  }

  private void accumulate(float[] a, float[] b) {
    sum(a, b, sums, products, length);
    accumulated++;
  }

  private void flush() {
    if (accumulated > 0) {
      int base = holdsWholeImages(groups) ? 0 : image * groups.channels();
      for (int i = 0; i < sums.length; i++) {
        totals[0][base + i % groups.channels()] += sums[i];
        totals[1][base + i % groups.channels()] += products[i];
      }
      Arrays.fill(sums, 0);
      Arrays.fill(products, 0);
      accumulated = 0;
    }
  }

  /** Computes the mean of a b for each image and group of the slice. */
  private void average(float[] a, float[] b, float[] groupValues) {
    for (int r = 0; r < rows; r += groups.pixels()) {
      for (int group = 0; group < groups.groups(); group++) {
        double sum = 0;
        for (int pixel = r; pixel < r + groups.pixels(); pixel++) {
          sum +=
              dot(
                  a,
                  b,
                  (pixel * groups.groups() + group) * groups.channelsPerGroup(),
                  groups.channelsPerGroup());
        }
        int index = (row + r) / groups.pixels() * groups.groups() + group;
        groupValues[index] = (float) (sum / groups.elementsPerGroup());
      }
    }
  }

  /** Repeats each group's value for all its elements in the slice. */
  private void repeatGroupValues(float[] groupValues, float[] target) {
    for (int r = 0; r < rows; r++) {
      int base = (row + r) / groups.pixels() * groups.groups();
      for (int group = 0; group < groups.groups(); group++) {
        int start = (r * groups.groups() + group) * groups.channelsPerGroup();
        Arrays.fill(target, start, start + groups.channelsPerGroup(), groupValues[base + group]);
      }
    }
  }

  /** Returns the sum of a b, with four partial sums to hide the latency of the additions. */
  private static double dot(float[] a, float[] b, int from, int length) {
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

  // Loops that the JIT compiler vectorizes because all arrays use the same index.

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
      float[] x, float[] dy, float[] scale, float[] gradientMean, float[] productMean, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = (dy[i] - gradientMean[i] - x[i] * productMean[i]) * scale[i];
    }
  }
}
