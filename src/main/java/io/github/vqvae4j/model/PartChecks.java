package io.github.vqvae4j.model;

import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.nn.ResidualConfig;
import java.util.List;

/** Checks that the settings of an encoder and of its decoder make in the same words. */
final class PartChecks {
  private static final int MOST_DOUBLINGS = 16;

  /** Numbers in the map that a vector is made of, at most. */
  private static final int LARGEST_MAP = 1 << 24;

  private PartChecks() {}

  /**
   * Checks {@link ConvSettings}.
   *
   * @param record has such settings
   * @param scaling what sets how often the size is halved or doubled
   * @param times how often
   */
  static void conv(
      String record,
      int channels,
      int hidden,
      ResidualConfig residual,
      Initializer initializer,
      String scaling,
      int times) {
    Require.that(channels >= 1, record + ".channels", "at least 1", channels);
    boolean even = hidden >= 2 && hidden % 2 == 0;
    Require.that(even, record + ".hidden", "an even number of at least 2", hidden);
    boolean holds = times >= 0 && times <= MOST_DOUBLINGS;
    Require.that(holds, record + "." + scaling, "0 to " + MOST_DOUBLINGS, times);
    Require.present(ResidualConfig.class, record + ".residual", residual);
    Require.present(Initializer.class, record + ".initializer", initializer);
  }

  /** Checks {@link ConvVectorSettings}. */
  static void vector(String record, int doublings, int height, int width, int features) {
    int factor = 1 << doublings;
    String multiple = "a multiple of " + factor + ", at least that";
    String advice = "crop or resize the images, or take fewer halvings or doublings";
    Require.that(height >= 1 && height % factor == 0, record + ".height", multiple, height, advice);
    Require.that(width >= 1 && width % factor == 0, record + ".width", multiple, width, advice);
    Require.that(features >= 1, record + ".features", "at least 1", features);
    Require.that(
        (double) height / factor * width / factor * features <= LARGEST_MAP,
        record + ".features",
        "at most " + LARGEST_MAP + " numbers in the map",
        features + " for images of " + height + "x" + width);
  }

  /** Checks {@link DenseSettings} but for the hidden sizes. */
  static void dense(String record, int height, int width, int channels) {
    Require.that(height >= 1, record + ".height", "at least 1", height);
    Require.that(width >= 1, record + ".width", "at least 1", width);
    Require.that(channels >= 1, record + ".channels", "at least 1", channels);
    Require.that(
        (long) height * width <= Integer.MAX_VALUE / channels,
        record + ".height",
        "fewer than 2^31 numbers in an image",
        height + "x" + width + "x" + channels);
  }

  /** Checks {@link StridedSettings}, and copies the widths. */
  static List<Integer> strided(
      String record, int channels, List<Integer> widths, Initializer initializer) {
    Require.that(channels >= 1, record + ".channels", "at least 1", channels);
    List<Integer> copy = sizes(record + ".widths", widths);
    Require.that(
        !copy.isEmpty() && copy.size() <= MOST_DOUBLINGS,
        record + ".widths",
        "1 to " + MOST_DOUBLINGS + " of them",
        copy);
    Require.present(Initializer.class, record + ".initializer", initializer);
    return copy;
  }

  /** Copies sizes, each of at least 1. */
  static List<Integer> sizes(String component, List<Integer> sizes) {
    List<Integer> copy = Require.list(Integer.class, component, sizes);
    for (int i = 0; i < copy.size(); i++) {
      Require.that(copy.get(i) >= 1, component + "[" + i + "]", "at least 1", copy.get(i));
    }
    return copy;
  }
}
