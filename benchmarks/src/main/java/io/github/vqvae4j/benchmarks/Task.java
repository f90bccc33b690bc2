package io.github.vqvae4j.benchmarks;

/** A measured operation. */
public enum Task {
  /** A training step: forward pass, backward pass, Adam, EMA codebook update. */
  TRAINING("training step"),
  /** Reconstruction of images. */
  RECONSTRUCTION("reconstruction"),
  /** Encoding of images to codes. */
  ENCODING("encoding"),
  /** Decoding of codes to images. */
  DECODING("decoding"),
  /** The first training step of a new process. */
  FIRST_STEP("process start to end of first step");

  private final String text;

  Task(String text) {
    this.text = text;
  }

  /**
   * Returns the display name.
   *
   * @return the name in tables
   */
  public String text() {
    return text;
  }
}
