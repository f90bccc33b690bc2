package io.github.vqvae4j.data;

/** How pictures of any size become images of one size. */
public enum ImageFit {
  /**
   * Scaled until the image is covered, then center-cropped: keeps the proportions and the middle.
   * The middle is exact, as in PIL's {@code ImageOps.fit}; only where nothing is scaled it is one
   * of whole pixels, so that these stay as they are.
   */
  COVER,

  /** Scaled to the image's height and width, each by its own factor: keeps all, bends shapes. */
  STRETCH,

  /** The middle cut out, not scaled: each picture must be at least as large as the image. */
  CENTER
}
