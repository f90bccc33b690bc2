package io.github.vqvae4j.benchmarks;

/** A part of the work that is measured by itself. */
public enum Task {
  /** Forward, backward, Adam, the codebook's moving averages. */
  TRAINING("training step"),
  /** Images to images. */
  RECONSTRUCTION("reconstruction"),
  /** Images to codes. */
  ENCODING("encoding"),
  /** Codes to images. */
  DECODING("decoding"),
  /** One training step of a new process. */
  FIRST_STEP("start to end of first step");

  private final String text;

  Task(String text) {
    this.text = text;
  }

  /**
   * The task in tables.
   *
   * @return a few words
   */
  public String text() {
    return text;
  }
}
