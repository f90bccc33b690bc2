package io.github.vqvae4j.tensor;

/**
 * The data type of a tensor. Models use {@link #FLOAT}. {@link #DOUBLE} is for gradient checks, and
 * always uses ND4J's kernels. {@link #INT} is for codes, labels and indices, and has no gradient.
 */
public enum DType {
  /** IEEE 754 single precision (binary32). */
  FLOAT(4),
  /** IEEE 754 double precision (binary64). */
  DOUBLE(8),
  /** Signed 32-bit integer. */
  INT(4);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /**
   * Returns the size of an element.
   *
   * @return the size in bytes
   */
  public int bytes() {
    return bytes;
  }
}
