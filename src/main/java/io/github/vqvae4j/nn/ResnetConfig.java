package io.github.vqvae4j.nn;

import io.github.vqvae4j.config.Records;

/**
 * The settings of {@link ResnetBlock}.
 *
 * @param in channels of the images
 * @param out channels of the result
 * @param groups into which each normalization divides its channels
 * @param dropout the rate of {@link Dropout} before the second convolution; by default 0
 */
public record ResnetConfig(int in, int out, int groups, double dropout) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range, or the groups do not divide
   *     both numbers of channels
   */
  public ResnetConfig {
    if (in < 1 || out < 1 || groups < 1 || in % groups != 0 || out % groups != 0) {
      throw new IllegalArgumentException(
          "ResnetConfig: expected channels that the number of groups divides, got in "
              + in
              + ", out "
              + out
              + " and "
              + groups
              + " groups.");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException(
          "ResnetConfig: expected a dropout from 0 to below 1, got " + dropout + ".");
    }
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
