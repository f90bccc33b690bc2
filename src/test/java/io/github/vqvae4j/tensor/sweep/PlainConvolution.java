package io.github.vqvae4j.tensor.sweep;

import io.github.vqvae4j.tensor.ConvOptions;

/**
 * A convolution and its gradients as their definition says: for every pixel of the result, every
 * pixel of the kernel that lies on the image, and every pair of channels of a group, y += x w, and
 * so dx += dy w and dw += dy x. A transposed one is that of the gradient: it is given y and makes
 * x.
 */
final class PlainConvolution {
  final double[] ofImages;
  final double[] ofResults;
  final double[] ofWeights;

  /**
   * Computes all three sums.
   *
   * @param x [batch, height, width, in], of which the sum for the results is made
   * @param w [kernel height, kernel width, in / groups, out]
   * @param y [batch, height, width, out], of which the sums for images and weights are made
   */
  PlainConvolution(
      double[] x, long[] xs, double[] w, long[] ws, double[] y, long[] ys, ConvOptions window) {
    ofImages = new double[x.length];
    ofResults = new double[y.length];
    ofWeights = new double[w.length];
    int in = (int) xs[3];
    int out = (int) ys[3];
    int inOfGroup = (int) ws[2];
    int outOfGroup = out / window.groups();
    for (int pixel = 0; pixel < ys[0] * ys[1] * ys[2]; pixel++) {
      int column = (int) (pixel % ys[2]) * window.width().stride() - window.width().before();
      int row = (int) (pixel / ys[2] % ys[1]) * window.height().stride() - window.height().before();
      int image = (int) (pixel / ys[2] / ys[1]);
      for (int k = 0; k < ws[0] * ws[1]; k++) {
        int r = row + (int) (k / ws[1]) * window.height().dilation();
        int c = column + (int) (k % ws[1]) * window.width().dilation();
        if (r >= 0 && r < xs[1] && c >= 0 && c < xs[2]) {
          int place = (int) ((image * xs[1] + r) * xs[2] + c) * in;
          for (int i = 0; i < inOfGroup; i++) {
            for (int o = 0; o < out; o++) {
              int ofX = place + o / outOfGroup * inOfGroup + i;
              int ofW = (k * inOfGroup + i) * out + o;
              int ofY = pixel * out + o;
              ofResults[ofY] += x[ofX] * w[ofW];
              ofImages[ofX] += y[ofY] * w[ofW];
              ofWeights[ofW] += y[ofY] * x[ofX];
            }
          }
        }
      }
    }
  }
}
