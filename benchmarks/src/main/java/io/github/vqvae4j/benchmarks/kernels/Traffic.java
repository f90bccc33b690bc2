package io.github.vqvae4j.benchmarks.kernels;

/** What the kernels that memory holds up must read and write at least. */
enum Traffic {
  /** Reads and writes the activations. */
  RELU("relu", "relu", 2L * ReluKernels.ACTIVATIONS, 2L * ReluKernels.ACTIVATIONS),
  /** Reads the result and its gradient, writes the gradient before it. */
  RELU_GRADIENT(
      "reluGradient",
      "relu's gradient",
      3L * ReluKernels.ACTIVATIONS,
      3L * ReluKernels.ACTIVATIONS),
  /** Reads gradient, parameter and both averages, and writes the last three. */
  ADAM("adam", "Adam's update", 7L * AdamKernel.PARAMETERS, 4L * AdamKernel.PARAMETERS),
  /** Reads the vectors and their codes; reads and writes sums and counts; writes the codebook. */
  AVERAGES(
      "movingAverages",
      "codebook's moving averages",
      Averages.BATCH + 3L * Averages.TABLE + 2L * AveragesKernel.CODES,
      Averages.BATCH + 2L * Averages.TABLE + AveragesKernel.CODES);

  private static final class Averages {
    static final long BATCH = (SearchKernel.DIMENSION + 1L) * AveragesKernel.VECTORS;
    static final long TABLE = (long) SearchKernel.DIMENSION * AveragesKernel.CODES;
  }

  private final String method;
  private final String text;
  private final long moved;
  private final long touched;

  /**
   * A kernel.
   *
   * @param moved numbers of four bytes, read or written
   * @param touched different ones of them
   */
  Traffic(String method, String text, long moved, long touched) {
    this.method = method;
    this.text = text;
    this.moved = moved;
    this.touched = touched;
  }

  /** Of the class with the kernel. */
  String method() {
    return method;
  }

  /** In the table. */
  String text() {
    return text;
  }

  long bytesMoved() {
    return Float.BYTES * moved;
  }

  /** What lies in a cache, or does not. */
  int kibibytesTouched() {
    return (int) (Float.BYTES * touched / 1024);
  }
}
