package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of a {@link StridedEncoder}.
 *
 * @param channels of the images, at least 1
 * @param widths the channels after each halving of the size, each at least 1; by default 32, 64
 * @param initializer how the weights start; by default as in Keras
 */
public record StridedEncoderConfig(int channels, List<Integer> widths, Initializer initializer)
    implements Encoder.Config {
  private static final int MOST_WIDTHS = 16;

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public StridedEncoderConfig {
    check("StridedEncoder", channels, widths);
    widths = List.copyOf(widths);
  }

  static void check(String who, int channels, List<Integer> widths) {
    if (channels < 1
        || widths.isEmpty()
        || widths.size() > MOST_WIDTHS
        || widths.stream().anyMatch(width -> width < 1)) {
      throw new IllegalArgumentException(
          who
              + ": expected channels of at least 1 and from 1 to "
              + MOST_WIDTHS
              + " widths of at least 1, got channels "
              + channels
              + " and widths "
              + widths
              + ".");
    }
  }

  static StridedEncoderConfig of(int channels) {
    return new StridedEncoderConfig(channels, List.of(32, 64), Initializer.XAVIER_UNIFORM);
  }

  /**
   * Sets the channels after each halving of the size, and so how often it is halved.
   *
   * @param newWidths at least one
   * @return these settings with it
   */
  public StridedEncoderConfig widths(Integer... newWidths) {
    return new StridedEncoderConfig(channels, List.of(newWidths), initializer);
  }

  /**
   * Sets how the weights start.
   *
   * @param newInitializer how
   * @return these settings with it
   */
  public StridedEncoderConfig initializer(Initializer newInitializer) {
    return new StridedEncoderConfig(channels, widths, newInitializer);
  }

  @Override
  public StridedEncoder build(int dimension, Rng rng) {
    return new StridedEncoder(this, dimension, rng);
  }
}
