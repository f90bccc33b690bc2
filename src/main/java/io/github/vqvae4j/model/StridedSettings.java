package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.nn.Initializer;
import java.util.List;
import java.util.Objects;

/**
 * What the settings of {@link StridedEncoder} and {@link StridedDecoder} share.
 *
 * @param <C> the settings themselves
 */
sealed interface StridedSettings<C extends Record & StridedSettings<C>>
    permits StridedEncoderConfig, StridedDecoderConfig {
  /**
   * Sets the channels after each halving or doubling of the size, and so how many there are.
   *
   * @param newWidths in the order of the layers, at least one
   * @return these settings with them
   */
  default C widths(Integer... newWidths) {
    return with("widths", List.of(newWidths));
  }

  /**
   * Sets how the weights start.
   *
   * @param newInitializer how
   * @return these settings with it
   */
  default C initializer(Initializer newInitializer) {
    return with("initializer", newInitializer);
  }

  @SuppressWarnings("unchecked") // C is the settings' own type
  private C with(String component, Object value) {
    return Records.with((C) this, component, value);
  }

  /** Checks what both have; {@code who} has such settings, for the message. */
  static void check(String who, int channels, List<Integer> widths, Initializer initializer) {
    Objects.requireNonNull(initializer, "initializer");
    int most = 16;
    if (channels < 1
        || widths.isEmpty()
        || widths.size() > most
        || widths.stream().anyMatch(width -> width < 1)) {
      throw new IllegalArgumentException(
          who
              + ": expected channels of at least 1 and from 1 to "
              + most
              + " widths of at least 1, got channels "
              + channels
              + " and widths "
              + widths
              + ".");
    }
  }
}
