package io.github.vqvae4j.tensor;

/**
 * Reference implementations of convolutions with asymmetric padding, and with masked and normalized
 * weights.
 */
final class ReferenceWeights {
  private ReferenceWeights() {}

  /**
   * y[n, i, j, o] = sum over a, b, c of x[n, i s + a d - top, j s + b d - left, c] w[a, b, c, o] +
   * bias[o], with zeros around x.
   *
   * @param padding top, bottom, left, right
   */
  static NdArray conv2d(NdArray x, NdArray w, NdArray bias, int[] padding, ConvOptions options) {
    NdArray rows = ReferenceShapes.pad(x, 1, padding[0], padding[1], 0);
    NdArray padded = ReferenceShapes.pad(rows, 2, padding[2], padding[3], 0);
    return Reference.zip(ReferenceConvolutions.conv2d(padded, w, options), bias, Double::sum);
  }

  /**
   * Computes the convolution of images with one row.
   *
   * @param padding left, right
   */
  static NdArray conv1d(NdArray x, NdArray w, NdArray bias, int[] padding, ConvOptions options) {
    long[] xs = x.shape();
    long[] ws = w.shape();
    NdArray y =
        conv2d(
            Reference.reshape(x, xs[0], 1, xs[1], xs[2]),
            Reference.reshape(w, 1, ws[0], ws[1], ws[2]),
            bias,
            new int[] {0, 0, padding[0], padding[1]},
            options);
    return Reference.reshape(y, y.shape()[0], y.shape()[2], y.shape()[3]);
  }

  /** y[n, t, o] = bias[o] + sum over a, c of x[n, t - d (k - 1 - a), c] w[a, c, o]. */
  static NdArray causalConv1d(NdArray x, NdArray w, NdArray bias, int dilation) {
    return NdArray.filled(
        new long[] {x.shape()[0], x.shape()[1], w.shape()[2]},
        y -> {
          double sum = bias.at(y[2]);
          for (long a = 0; a < w.shape()[0]; a++) {
            long time = y[1] - dilation * (w.shape()[0] - 1 - a);
            for (long c = 0; time >= 0 && c < w.shape()[1]; c++) {
              sum += x.at(y[0], time, c) * w.at(a, c, y[2]);
            }
          }
          return sum;
        });
  }

  /** gain v / ||v||, with the norm over all axes except the last. */
  static NdArray weightNorm(NdArray v, NdArray gain) {
    int last = v.shape().length - 1;
    double[] squares = new double[(int) v.shape()[last]];
    NdArray.forEachIndex(v.shape(), i -> squares[(int) i[last]] += v.at(i) * v.at(i));
    return NdArray.filled(
        v.shape(), i -> gain.at(i[last]) * v.at(i) / Math.sqrt(squares[(int) i[last]]));
  }
}
