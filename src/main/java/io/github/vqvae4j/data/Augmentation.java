package io.github.vqvae4j.data;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;

/**
 * What happens to an image at random each time it is trained on, in this order: it is moved and
 * cut, mirrored, made brighter or darker, and its contrast changed. By default, {@link #NONE},
 * nothing is.
 *
 * <pre>{@code
 * Dataset varied = flowers.augmented(Augmentation.NONE.crop(56, 56).flip(true).brightness(0.1), 42);
 * }</pre>
 *
 * <p>With f uniform in [1 - brightness, 1 + brightness] and g in [1 - contrast, 1 + contrast], a
 * value v becomes first f v, then m + g (v - m), m being the mean of all values of the image; each
 * result is clamped to [0, 1].
 *
 * <p>Values without bounds ({@link Dataset#unitRange}), as in windows of a {@link Series}, are not
 * clamped, and m is the mean of the value's own channel in the window. Brightness then changes the
 * amplitude around 0, contrast that around the mean; a flip turns time around; padding and a crop
 * of height 1 shift a window in time.
 *
 * @param height rows cut out, anywhere in the padded image; 0 for all the image's
 * @param width columns cut out; 0 for all the image's
 * @param padding pixels on each side before cutting, repeating those at the border, so that a model
 *     learns no black frame; 0 for none
 * @param flip whether one image of two is mirrored left to right
 * @param brightness 0 to 1; 0 leaves it
 * @param contrast 0 to 1; 0 leaves it
 */
public record Augmentation(
    int height, int width, int padding, boolean flip, double brightness, double contrast) {
  /** Nothing happens. */
  public static final Augmentation NONE = new Augmentation(0, 0, 0, false, 0, 0);

  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a number is out of its range
   */
  public Augmentation {
    Require.that(height >= 0, "Augmentation.height", "at least 0", height);
    Require.that(width >= 0, "Augmentation.width", "at least 0", width);
    Require.that(padding >= 0, "Augmentation.padding", "at least 0", padding);
    checkShare("Augmentation.brightness", brightness);
    checkShare("Augmentation.contrast", contrast);
  }

  private static void checkShare(String component, double share) {
    Require.that(share >= 0 && share <= 1, component, "0 to 1", share);
  }

  /**
   * Sets the size that is cut out at a random place.
   *
   * @param newHeight rows
   * @param newWidth columns
   * @return these settings with it
   */
  public Augmentation crop(int newHeight, int newWidth) {
    return Records.with(this, "height", newHeight, "width", newWidth);
  }

  /**
   * Sets by how much an image may be moved beyond its border.
   *
   * @param pixels on each side
   * @return these settings with it
   */
  public Augmentation padding(int pixels) {
    return Records.with(this, "padding", pixels);
  }

  /**
   * Sets whether images are mirrored.
   *
   * @param on whether one of two is
   * @return these settings with it
   */
  public Augmentation flip(boolean on) {
    return Records.with(this, "flip", on);
  }

  /**
   * Sets by how much the brightness varies.
   *
   * @param share 0 to 1
   * @return these settings with it
   */
  public Augmentation brightness(double share) {
    return Records.with(this, "brightness", share);
  }

  /**
   * Sets by how much the contrast varies.
   *
   * @param share 0 to 1
   * @return these settings with it
   */
  public Augmentation contrast(double share) {
    return Records.with(this, "contrast", share);
  }
}
