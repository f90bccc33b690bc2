package io.github.vqvae4j.tensor;

/** Reference implementations of both convolutions: nested loops in double. */
final class ReferenceConvolutions {
  private ReferenceConvolutions() {}

  /**
   * y[n, i, j, o] = sum over a, b, c of x[n, i s + a d - p, j s + b d - p, g in + c] w[a, b, c, o],
   * where g is the group of o, and in is the number of channels per group.
   */
  static NdArray conv2d(NdArray x, NdArray w, ConvOptions options) {
    long[] xs = x.shape();
    long[] ws = w.shape();
    long bottom =
        options.height().before()
            + options.height().after()
            - options.height().dilation() * (ws[0] - 1)
            - 1;
    long right =
        options.width().before()
            + options.width().after()
            - options.width().dilation() * (ws[1] - 1)
            - 1;
    long height = (xs[1] + bottom) / options.height().stride() + 1;
    long width = (xs[2] + right) / options.width().stride() + 1;
    return NdArray.filled(
        new long[] {xs[0], height, width, ws[3]},
        y -> {
          long group = y[3] / (ws[3] / options.groups());
          double sum = 0;
          for (int a = 0; a < ws[0]; a++) {
            for (int b = 0; b < ws[1]; b++) {
              long row = row(y[1], a, options);
              long column = column(y[2], b, options);
              if (row >= 0 && row < xs[1] && column >= 0 && column < xs[2]) {
                for (int c = 0; c < ws[2]; c++) {
                  sum += x.at(y[0], row, column, group * ws[2] + c) * w.at(a, b, c, y[3]);
                }
              }
            }
          }
          return sum;
        });
  }

  /**
   * Each pixel adds its product with the kernel to the result at intervals of the stride; then
   * padding is cropped, and output padding added.
   */
  static NdArray convTranspose2d(NdArray x, NdArray w, ConvOptions options) {
    long[] xs = x.shape();
    long[] ws = w.shape();
    long height =
        (xs[1] - 1) * options.height().stride()
            + (ws[0] - 1) * options.height().dilation()
            + 1
            - options.height().before()
            - options.height().after()
            + options.height().outputPadding();
    long width =
        (xs[2] - 1) * options.width().stride()
            + (ws[1] - 1) * options.width().dilation()
            + 1
            - options.width().before()
            - options.width().after()
            + options.width().outputPadding();
    NdArray y = NdArray.zeros(xs[0], height, width, ws[2] * options.groups());
    NdArray.forEachIndex(
        xs,
        i ->
            NdArray.forEachIndex(
                new long[] {ws[0], ws[1], ws[2]},
                k -> {
                  long row = row(i[1], k[0], options);
                  long column = column(i[2], k[1], options);
                  if (row >= 0 && row < height && column >= 0 && column < width) {
                    long group = i[3] / (xs[3] / options.groups());
                    double product = x.at(i) * w.at(k[0], k[1], k[2], i[3]);
                    y.add(product, i[0], row, column, group * ws[2] + k[2]);
                  }
                }));
    return y;
  }

  private static long row(long position, long ofKernel, ConvOptions options) {
    return position * options.height().stride()
        + ofKernel * options.height().dilation()
        - options.height().before();
  }

  private static long column(long position, long ofKernel, ConvOptions options) {
    return position * options.width().stride()
        + ofKernel * options.width().dilation()
        - options.width().before();
  }
}
