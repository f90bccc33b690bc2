package io.github.vqvae4j.model.internal;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.model.blocks.ConvSettings;
import io.github.vqvae4j.model.blocks.ConvVectorSettings;
import io.github.vqvae4j.model.blocks.DenseSettings;
import io.github.vqvae4j.model.blocks.StridedSettings;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import java.util.List;

/** Checks that are common to the settings of encoders and decoders. */
public final class SettingChecks {
  private static final int MAX_STAGES = 16;

  /** The maximum number of values in a feature map that is mapped to a vector. */
  private static final int MAX_MAP_VALUES = 1 << 24;

  private SettingChecks() {}

  /**
   * Checks {@link ConvSettings}.
   *
   * @param record the name of the settings record
   * @param scaling the name of the component for the number of stages
   * @param stages the number of stages, each of which halves or doubles the size
   */
  public static void conv(
      String record,
      int channels,
      int hidden,
      ResidualConfig residual,
      Initializer initializer,
      String scaling,
      int stages) {
    Require.that(channels >= 1, record + ".channels", "at least 1", channels);
    boolean even = hidden >= 2 && hidden % 2 == 0;
    Require.that(even, record + ".hidden", "an even number of at least 2", hidden);
    boolean holds = stages >= 0 && stages <= MAX_STAGES;
    Require.that(holds, record + "." + scaling, "0 to " + MAX_STAGES, stages);
    Require.nonNull(ResidualConfig.class, record + ".residual", residual);
    Require.nonNull(Initializer.class, record + ".initializer", initializer);
  }

  /** Checks {@link ConvVectorSettings}. */
  public static void vector(String record, int stages, int height, int width, int features) {
    int factor = 1 << stages;
    String multiple = "a positive multiple of " + factor;
    String advice = "crop or resize the images, or reduce downsample or upsample";
    Require.that(height >= 1 && height % factor == 0, record + ".height", multiple, height, advice);
    Require.that(width >= 1 && width % factor == 0, record + ".width", multiple, width, advice);
    Require.that(features >= 1, record + ".features", "at least 1", features);
    Require.that(
        (double) height / factor * width / factor * features <= MAX_MAP_VALUES,
        record + ".features",
        "at most " + MAX_MAP_VALUES + " values in the map",
        features + " for images of " + height + "x" + width);
  }

  /** Checks {@link DenseSettings} except for the hidden sizes. */
  public static void dense(String record, int height, int width, int channels) {
    Require.that(height >= 1, record + ".height", "at least 1", height);
    Require.that(width >= 1, record + ".width", "at least 1", width);
    Require.that(channels >= 1, record + ".channels", "at least 1", channels);
    Require.that(
        (long) height * width <= Integer.MAX_VALUE / channels,
        record + ".height",
        "fewer than 2^31 values in an image",
        height + "x" + width + "x" + channels);
  }

  /** Checks {@link StridedSettings} and copies the widths. */
  public static List<Integer> strided(
      String record, int channels, List<Integer> widths, Initializer initializer) {
    Require.that(channels >= 1, record + ".channels", "at least 1", channels);
    List<Integer> copy = sizes(record + ".widths", widths);
    Require.that(
        !copy.isEmpty() && copy.size() <= MAX_STAGES,
        record + ".widths",
        "1 to " + MAX_STAGES + " widths",
        copy);
    Require.nonNull(Initializer.class, record + ".initializer", initializer);
    return copy;
  }

  /** Copies sizes, each at least 1. */
  public static List<Integer> sizes(String component, List<Integer> sizes) {
    List<Integer> copy = Require.list(Integer.class, component, sizes);
    for (int i = 0; i < copy.size(); i++) {
      Require.that(copy.get(i) >= 1, component + "[" + i + "]", "at least 1", copy.get(i));
    }
    return copy;
  }
}
