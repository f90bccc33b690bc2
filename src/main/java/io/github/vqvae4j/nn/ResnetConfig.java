package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * The settings of a {@link ResnetBlock}, [b, h, w, in] to [b, h, w, out].
 *
 * @param in the number of input channels, a multiple of {@code groups}
 * @param out the number of output channels, a multiple of {@code groups}
 * @param groups the number of groups of each normalization, at least 1
 * @param dropout the rate of {@link Dropout} before the second convolution, in [0, 1); by default 0
 */
public record ResnetConfig(int in, int out, int groups, double dropout) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range, or the groups do not divide the
   *     input and output channels
   */
  public ResnetConfig {
    Require.that(groups >= 1, "ResnetConfig.groups", "at least 1", groups);
    String multiple = "a multiple of the " + groups + " groups, at least 1";
    Require.that(in >= 1 && in % groups == 0, "ResnetConfig.in", multiple, in);
    Require.that(out >= 1 && out % groups == 0, "ResnetConfig.out", multiple, out);
    Require.that(dropout >= 0 && dropout < 1, "ResnetConfig.dropout", "a rate in [0, 1)", dropout);
  }

  /**
   * Creates the default settings, without dropout.
   *
   * @param in the number of input channels
   * @param out the number of output channels
   * @param groups the number of groups of each normalization; VQGAN uses 32
   * @return the settings
   */
  public static ResnetConfig of(int in, int out, int groups) {
    return new ResnetConfig(in, out, groups, 0);
  }

  /**
   * Sets the dropout rate.
   *
   * @param rate the probability of dropping an element, in [0, 1)
   * @return a copy with the new value
   */
  public ResnetConfig dropout(double rate) {
    return Records.with(this, "dropout", rate);
  }
}
