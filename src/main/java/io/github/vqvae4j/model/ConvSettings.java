package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import java.util.Objects;

/**
 * What the settings of the convolutional encoders and decoders, of images and of series, share.
 *
 * @param <C> the settings themselves
 */
sealed interface ConvSettings<C extends Record & ConvSettings<C>>
    permits ConvEncoderConfig, ConvDecoderConfig, SeriesEncoderConfig, SeriesDecoderConfig {
  int channels();

  int hidden();

  ResidualConfig residual();

  Initializer initializer();

  /**
   * Sets the channels inside.
   *
   * @param count an even number
   * @return these settings with it
   */
  default C hidden(int count) {
    return with("hidden", count);
  }

  /**
   * Sets the residual stack, with biases and plain skips; its growth stays as it is.
   *
   * @param blocks how many
   * @param blockHidden channels inside each
   * @return these settings with it
   */
  default C residual(int blocks, int blockHidden) {
    return residual(ResidualConfig.of(blocks, blockHidden).growth(residual().growth()));
  }

  /**
   * Sets the residual stack.
   *
   * @param newResidual its settings
   * @return these settings with it
   */
  default C residual(ResidualConfig newResidual) {
    return with("residual", newResidual);
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

  /**
   * Checks what all have.
   *
   * @param who has such settings, for the message
   * @param scaling what sets how often the size is halved or doubled
   * @param times how often
   */
  static void check(
      String who,
      int channels,
      int hidden,
      ResidualConfig residual,
      Initializer initializer,
      String scaling,
      int times) {
    Objects.requireNonNull(residual, "residual");
    Objects.requireNonNull(initializer, "initializer");
    if (channels < 1 || hidden < 2 || hidden % 2 != 0 || times < 0 || times > 16) {
      throw new IllegalArgumentException(
          who
              + ": expected channels of at least 1, an even number of hidden channels and "
              + scaling
              + " from 0 to 16, got channels "
              + channels
              + ", hidden "
              + hidden
              + ", "
              + scaling
              + " "
              + times
              + ".");
    }
  }
}
