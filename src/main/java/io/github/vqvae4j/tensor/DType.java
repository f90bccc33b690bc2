package io.github.vqvae4j.tensor;

/**
 * The number format of a tensor, named as Java's own types. Models run in {@link #FLOAT}; {@link
 * #DOUBLE} exists to check gradients, and always takes ND4J's own kernels; {@link #INT} is for
 * codes, labels and indices, which have no gradient.
 */
public enum DType {
  /** IEEE 754 binary32. */
  FLOAT(4),
  /** IEEE 754 binary64. */
  DOUBLE(8),
  /** Integers of 32 bits with a sign. */
  INT(4);

  private final int bytes;

  DType(int bytes) {
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
