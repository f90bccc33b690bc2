package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import java.util.List;

/**
 * What the settings of {@link DenseEncoder} and {@link DenseDecoder} share.
 *
 * @param <C> the settings themselves
 */
sealed interface DenseSettings<C extends Record & DenseSettings<C>>
    permits DenseEncoderConfig, DenseDecoderConfig {
  /**
   * Sets the sizes in between.
   *
   * @param sizes in the order of the layers
   * @return these settings with them
   */
  default C hidden(Integer... sizes) {
    return hidden(List.of(sizes));
  }

  /**
   * Leaves out what is in between.
   *
   * @return these settings for one linear map
   */
  default C linear() {
    return hidden(List.of());
  }

  @SuppressWarnings("unchecked") // C is the settings' own type
  private C hidden(List<Integer> sizes) {
    return Records.with((C) this, "hidden", sizes);
  }

  /** Checks what both have; {@code who} has such settings, for the message. */
  static void check(String who, int height, int width, int channels, List<Integer> hidden) {
    boolean positive = Math.min(height, Math.min(width, channels)) >= 1;
    if (!positive
        || (long) height * width > Integer.MAX_VALUE / channels
        || hidden.stream().anyMatch(size -> size < 1)) {
      throw new IllegalArgumentException(
          who
              + ": expected images with sides and channels of at least 1, fewer than 2^31 numbers"
              + " in all, and hidden sizes of at least 1, got "
              + height
              + "x"
              + width
              + "x"
              + channels
              + " and hidden "
              + hidden
              + ".");
    }
  }
}
