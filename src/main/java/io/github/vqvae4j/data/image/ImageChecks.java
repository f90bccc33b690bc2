package io.github.vqvae4j.data.image;

import java.util.List;

/** Checks of arguments that are images. */
final class ImageChecks {
  private ImageChecks() {}

  /** Checks that images have 1 or 3 channels. */
  static void grayOrColor(Images images) {
    if (images.channels() != 1 && images.channels() != 3) {
      throw new IllegalArgumentException(
          "got "
              + images
              + ", expected 1 channel (grayscale) or 3 (red, green, blue); select these channels"
              + " first");
    }
  }

  /**
   * Checks that images can be written to an image file: 1 or 3 channels, and no unbounded values.
   */
  static void writable(Images images) {
    if (!images.unitRange()) {
      throw new IllegalArgumentException(
          "got "
              + images
              + " with unbounded values, expected pixels in [0, 1]; scale the values and create"
              + " pixels with Images.of, or plot the series as a curve");
    }
    grayOrColor(images);
  }

  /** Checks that values are pixels in [0, 1]. */
  static void unitRange(Images images) {
    if (!images.unitRange()) {
      throw new IllegalArgumentException(
          "got "
              + images
              + " with unbounded values, expected pixels in [0, 1]; scale the values and create"
              + " pixels with Images.of, or compare them with meanSquaredError");
    }
  }

  /** Checks that there is at least one part and that all have equal height, width and channels. */
  static void equalSizes(List<Images> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("got no images, expected one or more; pass at least one");
    }
    Images first = parts.get(0);
    for (Images part : parts) {
      if (part.height() != first.height()
          || part.width() != first.width()
          || part.channels() != first.channels()) {
        throw new IllegalArgumentException(
            "got "
                + part
                + " together with "
                + first
                + ", expected equal height, width and channels; "
                + (part.channels() == first.channels()
                    ? "crop, resize or pad one of them"
                    : "convert the channels with toColor or toGray"));
      }
    }
  }
}
