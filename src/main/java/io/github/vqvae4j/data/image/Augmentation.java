package io.github.vqvae4j.data.image;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * Random transformations of training images, applied in this order: crop, horizontal flip,
 * brightness, contrast. {@link #NONE} applies no transformations.
 *
 * <pre>{@code
 * Dataset augmented =
 *     flowers.augmented(Augmentation.NONE.crop(56, 56).flip(true).brightness(0.1), 42);
 * }</pre>
 *
 * <p>Let f be uniform in [1 - brightness, 1 + brightness], g uniform in [1 - contrast, 1 +
 * contrast], and m the mean of all values of the image after the brightness change. A value v
 * becomes first f v, then m + g (v - m); each result is clamped to [0, 1].
 *
 * <p>Unbounded values (see {@link Dataset#unitRange}), as in windows of a {@link
 * io.github.vqvae4j.data.series.Series}, are not clamped, and m is the mean of the value's channel
 * in the window. Brightness then scales the amplitude around 0, contrast the amplitude around the
 * mean; a flip reverses time; padding and a crop of height 1 shift a window in time.
 *
 * @param height the height of the crop, which is at a random position in the padded image; 0 for
 *     the height of the image
 * @param width the width of the crop; 0 for the width of the image
 * @param padding the number of pixels added on each side before cropping; they repeat the border,
 *     so that a model does not learn a black frame; 0 for none
 * @param flip whether images are flipped horizontally with probability 0.5
 * @param brightness the maximum relative change of brightness, 0 to 1; 0 for none
 * @param contrast the maximum relative change of contrast, 0 to 1; 0 for none
 */
public record Augmentation(
    int height, int width, int padding, boolean flip, double brightness, double contrast) {
  /** Applies no transformations. */
  public static final Augmentation NONE = new Augmentation(0, 0, 0, false, 0, 0);

  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a value is out of range
   */
  public Augmentation {
    Require.that(height >= 0, "Augmentation.height", "at least 0", height);
    Require.that(width >= 0, "Augmentation.width", "at least 0", width);
    Require.that(padding >= 0, "Augmentation.padding", "at least 0", padding);
    checkAmount("Augmentation.brightness", brightness);
    checkAmount("Augmentation.contrast", contrast);
  }

  private static void checkAmount(String component, double amount) {
    Require.that(amount >= 0 && amount <= 1, component, "0 to 1", amount);
  }

  /**
   * Sets the size of the random crop.
   *
   * @param newHeight the height in pixels
   * @param newWidth the width in pixels
   * @return a copy with the new values
   */
  public Augmentation crop(int newHeight, int newWidth) {
    return Records.with(this, "height", newHeight, "width", newWidth);
  }

  /**
   * Sets the number of pixels added on each side before cropping, by which images may be shifted.
   *
   * @param pixels the number of pixels on each side
   * @return a copy with the new value
   */
  public Augmentation padding(int pixels) {
    return Records.with(this, "padding", pixels);
  }

  /**
   * Sets whether images are flipped horizontally with probability 0.5.
   *
   * @param on the new value
   * @return a copy with the new value
   */
  public Augmentation flip(boolean on) {
    return Records.with(this, "flip", on);
  }

  /**
   * Sets the maximum relative change of brightness.
   *
   * @param amount the maximum, 0 to 1
   * @return a copy with the new value
   */
  public Augmentation brightness(double amount) {
    return Records.with(this, "brightness", amount);
  }

  /**
   * Sets the maximum relative change of contrast.
   *
   * @param amount the maximum, 0 to 1
   * @return a copy with the new value
   */
  public Augmentation contrast(double amount) {
    return Records.with(this, "contrast", amount);
  }
}
