package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import java.util.function.UnaryOperator;

/**
 * The settings that convolutional encoders and decoders of images and series have in common.
 *
 * @param <C> the type of the settings
 */
public sealed interface ConvSettings<C extends Record & ConvSettings<C>>
    permits ConvEncoderConfig, ConvDecoderConfig, SeriesEncoderConfig, SeriesDecoderConfig {
  /**
   * Returns the number of channels of the images or series.
   *
   * @return at least 1
   */
  int channels();

  /**
   * Returns the number of hidden channels.
   *
   * @return an even number
   */
  int hidden();

  /**
   * Returns the settings of the residual stack.
   *
   * @return blocks, hidden channels, bias, skip connections and dilation growth
   */
  ResidualConfig residual();

  /**
   * Returns the initialization of the weights.
   *
   * @return the initializer
   */
  Initializer initializer();

  /**
   * Sets the number of hidden channels.
   *
   * @param count an even number
   * @return a copy with the new value
   */
  default C hidden(int count) {
    return with("hidden", count);
  }

  /**
   * Sets the size of the residual stack; its other settings are unchanged.
   *
   * @param blocks the number of blocks
   * @param blockHidden the number of hidden channels of each block
   * @return a copy with the new values
   */
  default C residual(int blocks, int blockHidden) {
    return with("residual", Records.with(residual(), "blocks", blocks, "hidden", blockHidden));
  }

  /**
   * Changes settings of the residual stack, as in {@code residual(r ->
   * r.bias(false).dilationGrowth(2))}. All other settings of the stack are unchanged, so the order
   * of such calls does not matter.
   *
   * @param change a function from the current to the new settings
   * @return a copy with the new value
   */
  default C residual(UnaryOperator<ResidualConfig> change) {
    Require.nonNull(UnaryOperator.class, getClass().getSimpleName() + ".residual", change);
    return with("residual", change.apply(residual()));
  }

  /**
   * Sets the initialization of the weights.
   *
   * @param newInitializer the initializer
   * @return a copy with the new value
   */
  default C initializer(Initializer newInitializer) {
    return with("initializer", newInitializer);
  }

  @SuppressWarnings("unchecked") // C is the type of this record
  private C with(String component, Object value) {
    return Records.with((C) this, component, value);
  }
}
