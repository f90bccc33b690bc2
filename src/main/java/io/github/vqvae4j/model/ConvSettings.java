package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import java.util.function.UnaryOperator;

/**
 * What the settings of the convolutional encoders and decoders, of images and of series, share.
 *
 * @param <C> the settings themselves
 */
public sealed interface ConvSettings<C extends Record & ConvSettings<C>>
    permits ConvEncoderConfig, ConvDecoderConfig, SeriesEncoderConfig, SeriesDecoderConfig {
  /**
   * The channels of images or series.
   *
   * @return at least 1
   */
  int channels();

  /**
   * The channels inside.
   *
   * @return an even number
   */
  int hidden();

  /**
   * The settings of the residual stack.
   *
   * @return blocks, channels, bias, skips and growth
   */
  ResidualConfig residual();

  /**
   * How the weights start.
   *
   * @return where they are drawn from
   */
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
   * Sets the size of the residual stack; its other settings stay as they are.
   *
   * @param blocks how many
   * @param blockHidden channels inside each
   * @return these settings with it
   */
  default C residual(int blocks, int blockHidden) {
    return with("residual", Records.with(residual(), "blocks", blocks, "hidden", blockHidden));
  }

  /**
   * Changes the residual stack: {@code residual(r -> r.bias(false).dilationGrowth(2))}. What is not
   * changed stays as it is, so that the order of these calls does not matter.
   *
   * @param change gives other settings for those that there are
   * @return these settings with it
   */
  default C residual(UnaryOperator<ResidualConfig> change) {
    Require.present(UnaryOperator.class, getClass().getSimpleName() + ".residual", change);
    return with("residual", change.apply(residual()));
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
}
