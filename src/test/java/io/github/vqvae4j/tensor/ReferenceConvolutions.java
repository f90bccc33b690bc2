package io.github.vqvae4j.tensor;

/** Both convolutions as their definitions say: loops over everything, in double. */
final class ReferenceConvolutions {
  private ReferenceConvolutions() {}

  /** y[n, i, j, o] = sum over a, b, c of x[n, i s + a - p, j s + b - p, c] w[a, b, c, o]. */
  static Numbers conv2d(Numbers x, Numbers w, Window window) {
    long[] xs = x.shape();
    long[] ws = w.shape();
    long height = (xs[1] + 2 * window.paddingHeight() - ws[0]) / window.strideHeight() + 1;
    long width = (xs[2] + 2 * window.paddingWidth() - ws[1]) / window.strideWidth() + 1;
    return Numbers.filled(
        new long[] {xs[0], height, width, ws[3]},
        y -> {
          double sum = 0;
          for (int a = 0; a < ws[0]; a++) {
            for (int b = 0; b < ws[1]; b++) {
              long row = y[1] * window.strideHeight() + a - window.paddingHeight();
              long column = y[2] * window.strideWidth() + b - window.paddingWidth();
              if (row >= 0 && row < xs[1] && column >= 0 && column < xs[2]) {
                for (int c = 0; c < ws[2]; c++) {
                  sum += x.at(y[0], row, column, c) * w.at(a, b, c, y[3]);
                }
              }
            }
          }
          return sum;
        });
  }

  /** Each pixel adds its product with the kernel to the result, stride apart; edges are cut off. */
  static Numbers convTranspose2d(Numbers x, Numbers w, Window window) {
    long[] xs = x.shape();
    long[] ws = w.shape();
    long height = (xs[1] - 1) * window.strideHeight() + ws[0] - 2 * window.paddingHeight();
    long width = (xs[2] - 1) * window.strideWidth() + ws[1] - 2 * window.paddingWidth();
    Numbers y = Numbers.zeros(xs[0], height, width, ws[2]);
    Numbers.forEachIndex(
        xs,
        i ->
            Numbers.forEachIndex(
                new long[] {ws[0], ws[1], ws[2]},
                k -> {
                  long row = i[1] * window.strideHeight() + k[0] - window.paddingHeight();
                  long column = i[2] * window.strideWidth() + k[1] - window.paddingWidth();
                  if (row >= 0 && row < height && column >= 0 && column < width) {
                    y.add(x.at(i) * w.at(k[0], k[1], k[2], i[3]), i[0], row, column, k[2]);
                  }
                }));
    return y;
  }
}
