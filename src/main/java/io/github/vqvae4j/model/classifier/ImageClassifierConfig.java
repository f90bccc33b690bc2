package io.github.vqvae4j.model.classifier;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.model.internal.SettingChecks;
import io.github.vqvae4j.random.Rng;
import java.util.List;

/**
 * The settings of an {@link ImageClassifier}.
 *
 * <pre>{@code
 * ImageClassifier classifier = ImageClassifier.images(32, 32, 3).widths(32, 64, 128).build();
 * }</pre>
 *
 * @param height the height of the images
 * @param width the width of the images
 * @param channels the number of channels of the images
 * @param classes the number of classes, whose labels are 0 to classes - 1, at least 2; by default
 *     10
 * @param widths the numbers of channels of the convolutions, one or more; the last is the number of
 *     features; by default 16, 32, 64, 64
 */
public record ImageClassifierConfig(
    int height, int width, int channels, int classes, List<Integer> widths) {
  private static final int MAX_LAYERS = 16;

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public ImageClassifierConfig {
    SettingChecks.dense("ImageClassifierConfig", height, width, channels);
    Require.that(classes >= 2, "ImageClassifierConfig.classes", "at least 2", classes);
    widths = SettingChecks.sizes("ImageClassifierConfig.widths", widths);
    Require.that(
        !widths.isEmpty() && widths.size() <= MAX_LAYERS,
        "ImageClassifierConfig.widths",
        "1 to " + MAX_LAYERS + " widths",
        widths);
  }

  /**
   * Sets the number of classes.
   *
   * @param count the number of classes
   * @return a copy with the new value
   */
  public ImageClassifierConfig classes(int count) {
    return Records.with(this, "classes", count);
  }

  /**
   * Sets the numbers of channels of the convolutions.
   *
   * @param channelsOfLayers one or more numbers; the last is the number of features
   * @return a copy with the new value
   */
  public ImageClassifierConfig widths(Integer... channelsOfLayers) {
    return Records.with(this, "widths", channelsOfLayers);
  }

  /**
   * Builds a classifier with the seed 42.
   *
   * @return a new, untrained classifier
   */
  public ImageClassifier build() {
    return build(new Rng(42));
  }

  /**
   * Builds a classifier.
   *
   * @param rng the random number generator for the initial weights
   * @return a new, untrained classifier
   */
  public ImageClassifier build(Rng rng) {
    return new ImageClassifier(this, rng);
  }
}
