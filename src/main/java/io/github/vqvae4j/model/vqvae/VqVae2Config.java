package io.github.vqvae4j.model.vqvae;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import java.util.List;

/**
 * The settings of a {@link VqVae2} other than those of its quantizers.
 *
 * @param channels the number of image channels, at least 1
 * @param hidden the number of hidden channels, at least 2 and even; by default 128
 * @param downsample for each level, bottom first, the number of times that it halves the size of
 *     its input: the images for the bottom level, and the features of the level below for the
 *     others; two or more levels, each at least 1 and together at most 16; by default 2 and 1
 * @param residual the settings of all residual stacks; by default 2 blocks with 32 hidden channels
 * @param initializer the initialization of the weights; by default that of Sonnet
 */
public record VqVae2Config(
    int channels,
    int hidden,
    List<Integer> downsample,
    ResidualConfig residual,
    Initializer initializer) {
  private static final String NAME = "VqVae2Config";

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public VqVae2Config {
    downsample = SettingChecks.sizes(NAME + ".downsample", downsample);
    Require.that(
        downsample.size() >= 2,
        NAME + ".downsample",
        "one value for each of 2 or more levels",
        downsample);
    long total = downsample.stream().mapToLong(Integer::longValue).sum();
    int stages = (int) Math.min(Integer.MAX_VALUE, total);
    SettingChecks.conv(NAME, channels, hidden, residual, initializer, "downsample", stages);
  }

  static VqVae2Config of(int channels) {
    return new VqVae2Config(
        channels, 128, List.of(2, 1), ResidualConfig.of(2, 32), Initializer.TRUNCATED_NORMAL);
  }

  /** Returns the number of levels. */
  int levels() {
    return downsample.size();
  }

  /** Returns the number of times that the size of the images is halved in total. */
  int halvings() {
    return downsample.stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns the name of a level, 0 for the bottom. */
  String name(int level) {
    if (level == 0) {
      return "bottom";
    }
    return level == levels() - 1 ? "top" : "level" + (level + 1);
  }

  VqVae2Config with(String component, Object value) {
    return Records.with(this, component, value);
  }
}
