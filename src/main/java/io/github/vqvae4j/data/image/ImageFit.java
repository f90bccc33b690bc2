package io.github.vqvae4j.data.image;

/** The method that fits images of different sizes to one size. */
public enum ImageFit {
  /**
   * Scales the image to cover the size and center-crops it, preserving the aspect ratio. The center
   * is exact, as in PIL's {@code ImageOps.fit}, except that images that are not scaled are cropped
   * at whole pixels, so that pixels are unchanged.
   */
  COVER,

  /** Scales the image to the size, ignoring the aspect ratio. */
  STRETCH,

  /**
   * Center-crops the image without scaling. Each image must be at least as large as the target
   * size.
   */
  CENTER
}
