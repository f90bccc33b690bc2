package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.tensor.ConvOptions;

/**
 * A direct implementation of a convolution and its gradients: for every result pixel, every kernel
 * pixel inside the image, and every pair of channels of a group, y += x w, dx += dy w and dw += dy
 * x. A transposed convolution is the input gradient: it maps y to x.
 */
final class PlainConvolution {
  final double[] images;
  final double[] results;
  final double[] weights;

  /**
   * Computes all three results.
   *
   * @param x the images or their gradient [batch, height, width, in], from which the results are
   *     computed
   * @param w the weights [kernel height, kernel width, in / groups, out]
   * @param y the results or their gradient [batch, height, width, out], from which images and
   *     weights are computed
   */
  PlainConvolution(
      double[] x, long[] xs, double[] w, long[] ws, double[] y, long[] ys, ConvOptions options) {
    images = new double[x.length];
    results = new double[y.length];
    weights = new double[w.length];
    int in = (int) xs[3];
    int out = (int) ys[3];
    int inPerGroup = (int) ws[2];
    int outPerGroup = out / options.groups();
    for (int pixel = 0; pixel < ys[0] * ys[1] * ys[2]; pixel++) {
      int column = (int) (pixel % ys[2]) * options.width().stride() - options.width().before();
      int row =
          (int) (pixel / ys[2] % ys[1]) * options.height().stride() - options.height().before();
      int image = (int) (pixel / ys[2] / ys[1]);
      for (int k = 0; k < ws[0] * ws[1]; k++) {
        int r = row + (int) (k / ws[1]) * options.height().dilation();
        int c = column + (int) (k % ws[1]) * options.width().dilation();
        if (r >= 0 && r < xs[1] && c >= 0 && c < xs[2]) {
          int offset = (int) ((image * xs[1] + r) * xs[2] + c) * in;
          for (int i = 0; i < inPerGroup; i++) {
            for (int o = 0; o < out; o++) {
              int xIndex = offset + o / outPerGroup * inPerGroup + i;
              int wIndex = (k * inPerGroup + i) * out + o;
              int yIndex = pixel * out + o;
              results[yIndex] += x[xIndex] * w[wIndex];
              images[xIndex] += y[yIndex] * w[wIndex];
              weights[wIndex] += y[yIndex] * x[xIndex];
            }
          }
        }
      }
    }
  }
}
