package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of a {@link ResnetBlock}, [b, h, w, in] to [b, h, w, out].
 *
 * @param in channels of the images, a multiple of the groups
 * @param out channels of the result, a multiple of the groups
 * @param groups into which each normalization divides its channels, at least 1
 * @param dropout the rate of {@link Dropout} before the second convolution, from 0 to below 1; by
 *     default 0
 */
public record ResnetConfig(int in, int out, int groups, double dropout) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range, or the groups do not divide
   *     both numbers of channels
   */
  public ResnetConfig {
    Require.that(groups >= 1, "ResnetConfig.groups", "at least 1", groups);
    String multiple = "a multiple of the " + groups + " groups, at least 1";
    Require.that(in >= 1 && in % groups == 0, "ResnetConfig.in", multiple, in);
    Require.that(out >= 1 && out % groups == 0, "ResnetConfig.out", multiple, out);
    Require.that(
        dropout >= 0 && dropout < 1, "ResnetConfig.dropout", "a rate from 0 to below 1", dropout);
  }

  /**
   * Settings without dropout.
   *
   * @param in channels of the images
   * @param out channels of the result
   * @param groups into which each normalization divides its channels; VQGAN takes 32
   * @return the settings
   */
  public static ResnetConfig of(int in, int out, int groups) {
    return new ResnetConfig(in, out, groups, 0);
  }

  /**
   * Sets the dropout.
   *
   * @param rate the probability that an element is dropped
   * @return these settings with it
   */
  public ResnetConfig dropout(double rate) {
    return Records.with(this, "dropout", rate);
  }
}
