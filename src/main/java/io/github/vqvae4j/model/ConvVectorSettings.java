package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;

/**
 * What the settings of {@link ConvVectorEncoder} and {@link ConvVectorDecoder} share.
 *
 * @param <C> the settings themselves
 */
sealed interface ConvVectorSettings<C extends Record & ConvVectorSettings<C>>
    permits ConvVectorEncoderConfig, ConvVectorDecoderConfig {
  /**
   * Sets the channels of the map that the vector is made of, or that is made of the vector.
   *
   * @param count at least 1
   * @return these settings with it
   */
  @SuppressWarnings("unchecked") // C is the settings' own type
  default C features(int count) {
    return Records.with((C) this, "features", count);
  }

  /** Checks what both have; {@code who} has such settings, for the message. */
  static void check(String who, int halvings, int height, int width, int features) {
    int factor = 1 << halvings;
    long largest = 1 << 24;
    double map = (double) height / factor * width / factor * features;
    if (Math.min(height, Math.min(width, features)) < 1
        || height % factor != 0
        || width % factor != 0
        || map > largest) {
      throw new IllegalArgumentException(
          who
              + ": expected a height and width that "
              + factor
              + " divides and features of at least 1, with at most "
              + largest
              + " numbers in the map, got "
              + height
              + "x"
              + width
              + " and features "
              + features
              + ". Crop or resize the images, or build it with fewer halvings or doublings.");
    }
  }
}
