package io.github.vqvae4j.model;

import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link ConvVectorEncoder}.
 *
 * @param conv the settings of its convolutions
 * @param height of the images, a multiple of 2^downsample
 * @param width of the images, a multiple of 2^downsample
 * @param features channels of the map that the vector is made of, at least 1; by default 16
 */
public record ConvVectorEncoderConfig(ConvEncoderConfig conv, int height, int width, int features)
    implements Encoder.Config {
  /** Numbers in a map, at most. */
  private static final long LARGEST = 1 << 24;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public ConvVectorEncoderConfig {
    check("ConvVectorEncoder", conv.downsample(), height, width, features);
  }

  static void check(String who, int halvings, int height, int width, int features) {
    int factor = 1 << halvings;
    double map = (double) height / factor * width / factor * features;
    if (Math.min(height, Math.min(width, features)) < 1
        || height % factor != 0
        || width % factor != 0
        || map > LARGEST) {
      throw new IllegalArgumentException(
          who
              + ": expected a height and width that "
              + factor
              + " divides and features of at least 1, with at most "
              + LARGEST
              + " numbers in the map, got "
              + height
              + "x"
              + width
              + " and features "
              + features
              + ". Crop or resize the images, or build it with fewer halvings or doublings.");
    }
  }

  /**
   * Sets the channels of the map that the vector is made of.
   *
   * @param count at least 1
   * @return these settings with it
   */
  public ConvVectorEncoderConfig features(int count) {
    return new ConvVectorEncoderConfig(conv, height, width, count);
  }

  /** Numbers in the map. */
  int mapLength() {
    return (height >> conv.downsample()) * (width >> conv.downsample()) * features;
  }

  @Override
  public ConvVectorEncoder build(int dimension, Rng rng) {
    return new ConvVectorEncoder(this, dimension, rng);
  }
}
