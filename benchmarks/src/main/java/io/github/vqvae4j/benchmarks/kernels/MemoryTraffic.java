package io.github.vqvae4j.benchmarks.kernels;

/** The minimum memory traffic of the memory-bound kernels. */
enum MemoryTraffic {
  /** Reads and writes the activations. */
  RELU("relu", "ReLU", 2L * ReluKernels.ACTIVATIONS, 2L * ReluKernels.ACTIVATIONS),
  /** Reads the output and its gradient and writes the input gradient. */
  RELU_GRADIENT(
      "reluGradient", "ReLU gradient", 3L * ReluKernels.ACTIVATIONS, 3L * ReluKernels.ACTIVATIONS),
  /** Reads the gradient; reads and writes the parameter and both moment estimates. */
  ADAM("adam", "Adam update", 7L * AdamKernel.PARAMETERS, 4L * AdamKernel.PARAMETERS),
  /** Reads latents and codes; reads and writes sums and counts; writes the codebook. */
  EMA(
      "emaUpdate",
      "EMA codebook update",
      Ema.BATCH + 3L * Ema.CODEBOOK + 2L * EmaKernel.CODES,
      Ema.BATCH + 2L * Ema.CODEBOOK + EmaKernel.CODES);

  private static final class Ema {
    static final long BATCH = (CodeSearchKernel.DIMENSION + 1L) * EmaKernel.LATENTS;
    static final long CODEBOOK = (long) CodeSearchKernel.DIMENSION * EmaKernel.CODES;
  }

  private final String method;
  private final String text;
  private final long accesses;
  private final long distinct;

  /**
   * Creates a constant.
   *
   * @param method the benchmark method
   * @param text the name in tables
   * @param accesses the number of 4-byte values read plus those written
   * @param distinct the number of different 4-byte values accessed
   */
  MemoryTraffic(String method, String text, long accesses, long distinct) {
    this.method = method;
    this.text = text;
    this.accesses = accesses;
    this.distinct = distinct;
  }

  /** Returns the benchmark method. */
  String method() {
    return method;
  }

  /** Returns the name in tables. */
  String text() {
    return text;
  }

  /** Returns the number of bytes read plus those written. */
  long bytesTransferred() {
    return Float.BYTES * accesses;
  }

  /** Returns the size of the accessed memory. */
  int kibibytesAccessed() {
    return (int) (Float.BYTES * distinct / 1024);
  }
}
