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
  /** Several calls that encode images with one model, one after another. */
  ENCODING_ONE_CALLER("encoding, one caller"),
  /** The same calls from {@link #CALLERS} threads at once. */
  ENCODING_CONCURRENT_CALLERS("encoding, 8 callers"),
  /** The first training step of a new process. */
  FIRST_STEP("process start to end of first step"),
  /** A training step of a prior over code maps. */
  PRIOR_TRAINING("prior, training step"),
  /** Sampling of code maps. */
  PRIOR_SAMPLING("prior, sampling"),
  /** The logits of all codes of maps, which a sampler without a cache computes for each code. */
  PRIOR_WHOLE_MAPS("prior, logits of whole maps");

  /** The number of threads of {@link #ENCODING_CONCURRENT_CALLERS}. */
  public static final int CALLERS = 8;

  /** The minimum number of images in a repetition of several calls. */
  private static final int IMAGES = 128;

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

  /** Returns whether a prior over code maps is measured. */
  boolean isOfPrior() {
    return name().startsWith("PRIOR");
  }

  /**
   * Returns the number of calls in a repetition.
   *
   * @param batch the number of images of a call
   * @return a multiple of {@link #CALLERS} for tasks of several calls, otherwise 1
   */
  public int calls(int batch) {
    return switch (this) {
      case ENCODING_ONE_CALLER, ENCODING_CONCURRENT_CALLERS ->
          CALLERS * Math.max(1, IMAGES / CALLERS / batch);
      default -> 1;
    };
  }
}
