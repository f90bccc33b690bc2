package io.github.vqvae4j.tensor;

/**
 * The number format of a tensor. Models run in {@link #FLOAT}; {@link #DOUBLE} exists to check
 * gradients, and always takes ND4J's own kernels.
 */
public enum Precision {
  /** IEEE 754 binary32. */
  FLOAT(4),
  /** IEEE 754 binary64. */
  DOUBLE(8);

  private final int bytes;

  Precision(int bytes) {
    this.bytes = bytes;
  }

  /**
   * The size of one number.
   *
   * @return bytes
   */
  public int bytes() {
    return bytes;
  }
}
