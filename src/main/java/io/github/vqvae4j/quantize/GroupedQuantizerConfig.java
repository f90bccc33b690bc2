package io.github.vqvae4j.quantize;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.random.Rng;

/**
 * The settings of a {@link GroupedQuantizer}, which quantizes H groups of channels independently.
 *
 * <pre>{@code
 * GroupedQuantizerConfig separate = GroupedQuantizer.of(4, VectorQuantizer.ema(256, 16)); // D = 64
 * GroupedQuantizerConfig heads = GroupedQuantizer.of(4, VectorQuantizer.ema(256, 16)).shared();
 * GroupedQuantizerConfig residual = GroupedQuantizer.of(2, ResidualQuantizer.of(8, VectorQuantizer.ema(1024, 32)));
 * }</pre>
 *
 * @param group the settings of the quantizer of a group, of dimension d = D / H; any but those of
 *     another grouped quantizer
 * @param groups H, the number of groups, from 1 to 1024
 * @param sharedCodebook whether all groups use the same quantizer; by default false
 */
public record GroupedQuantizerConfig(Quantizer.Config group, int groups, boolean sharedCodebook)
    implements Quantizer.Config {
  /** The maximum number of groups. */
  private static final int MAX = 1024;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public GroupedQuantizerConfig {
    String record = "GroupedQuantizerConfig.";
    Require.nonNull(Quantizer.Config.class, record + "group", group);
    Require.that(
        !(group instanceof GroupedQuantizerConfig),
        record + "group",
        "a quantizer without groups",
        group,
        "multiply the numbers of groups");
    Require.that(
        groups >= 1 && groups <= MAX, record + "groups", "H from 1 to " + MAX + " groups", groups);
  }

  /**
   * Sets the number of groups.
   *
   * @param count H, from 1 to 1024
   * @return a copy with the new value
   */
  public GroupedQuantizerConfig groups(int count) {
    return Records.with(this, "groups", count);
  }

  /**
   * Uses one quantizer for all groups.
   *
   * @return a copy with a shared codebook
   */
  public GroupedQuantizerConfig shared() {
    return Records.with(this, "sharedCodebook", true);
  }

  @Override
  public GroupedQuantizer build(Rng rng) {
    return new GroupedQuantizer(this, rng);
  }
}
