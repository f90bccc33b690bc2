package io.github.vqvae4j.data.image;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import io.github.vqvae4j.data.internal.Checks;
import java.util.HashSet;
import java.util.List;

/**
 * The settings of an {@link ImageFolder}.
 *
 * <pre>{@code
 * ImageFolderConfig config = ImageFolderConfig.of(64).fit(ImageFit.STRETCH).skipCorrupt(true);
 * ImageFolder photos = ImageFolder.in(Path.of("photos"), config);
 * }</pre>
 *
 * @param height the height of every image in pixels, at least 1
 * @param width the width of every image in pixels, at least 1
 * @param channels 3 for red, green, blue (the default) or 1 for grayscale; other images are
 *     converted
 * @param fit how images are fitted to this size; {@code COVER} by default
 * @param streamed whether images are read from their files on each access; by default, all are held
 *     in memory, height * width * channels bytes each
 * @param skipCorrupt whether files that cannot be read are skipped and counted; by default, the
 *     first one is an error
 * @param exifOrientation whether images are rotated and mirrored as their EXIF orientation states;
 *     true by default
 * @param labels the label names; empty by default, for the names of the subfolders with images
 */
public record ImageFolderConfig(
    int height,
    int width,
    int channels,
    ImageFit fit,
    boolean streamed,
    boolean skipCorrupt,
    boolean exifOrientation,
    List<String> labels) {
  /**
   * Validates the settings.
   *
   * @throws IllegalArgumentException if a size is below 1, an image is too large for an array, the
   *     number of channels is neither 1 nor 3, or a label name is repeated
   */
  public ImageFolderConfig {
    String record = "ImageFolderConfig.";
    Require.that(height >= 1, record + "height", "at least 1", height);
    Require.that(width >= 1, record + "width", "at least 1", width);
    Require.that(
        channels == 1 || channels == 3,
        record + "channels",
        "1 (grayscale) or 3 (red, green, blue)",
        channels);
    Checks.length(1, height, width, channels);
    Require.nonNull(ImageFit.class, record + "fit", fit);
    labels = Require.list(String.class, record + "labels", labels);
    Require.that(
        new HashSet<>(labels).size() == labels.size(),
        record + "labels",
        "distinct names",
        labels,
        "remove the repetitions");
  }

  /**
   * Returns the default settings for square color images.
   *
   * @param side the height and the width
   * @return the settings
   */
  public static ImageFolderConfig of(int side) {
    return of(side, side);
  }

  /**
   * Returns the default settings for color images.
   *
   * @param height the height in pixels
   * @param width the width in pixels
   * @return the settings
   */
  public static ImageFolderConfig of(int height, int width) {
    return new ImageFolderConfig(height, width, 3, ImageFit.COVER, false, false, true, List.of());
  }

  /**
   * Converts images to grayscale: 0.299 red + 0.587 green + 0.114 blue.
   *
   * @return a copy with 1 channel
   */
  public ImageFolderConfig gray() {
    return Records.with(this, "channels", 1);
  }

  /**
   * Sets how images are fitted to this size.
   *
   * @param newFit the new value
   * @return a copy with the new value
   */
  public ImageFolderConfig fit(ImageFit newFit) {
    return Records.with(this, "fit", newFit);
  }

  /**
   * Sets whether images are read from their files on each access, for folders too large for memory.
   * The single loader thread reads about 600 JPEG images of 256 x 256 per second; faster training
   * waits for it.
   *
   * <p>Pieces of at most half of an image, such as {@linkplain Dataset#tiles tiles} and random
   * crops, share its decoded pixels: those of the images used last are kept, in at most a quarter
   * of the heap, and given up when memory runs out. A file that is replaced is then not read again.
   *
   * @param on the new value
   * @return a copy with the new value
   */
  public ImageFolderConfig streamed(boolean on) {
    return Records.with(this, "streamed", on);
  }

  /**
   * Sets whether files that cannot be read are skipped. To find them, a streamed folder is then
   * also read once when it is opened.
   *
   * @param on the new value
   * @return a copy with the new value
   */
  public ImageFolderConfig skipCorrupt(boolean on) {
    return Records.with(this, "skipCorrupt", on);
  }

  /**
   * Sets whether images are rotated and mirrored as their EXIF orientation states, before they are
   * fitted to their size. Otherwise, pixels are as stored in the file.
   *
   * @param on the new value
   * @return a copy with the new value
   */
  public ImageFolderConfig exifOrientation(boolean on) {
    return Records.with(this, "exifOrientation", on);
  }

  /**
   * Sets the label names, independently of the subfolders that exist. Use the label names of the
   * training folder for a test folder, which may lack some of the classes. An image in any other
   * subfolder is an error.
   *
   * @param names distinct names of subfolders, in the order of the labels, such as {@link
   *     ImageFolder#labelNames} of the training folder; empty to use the subfolders that exist
   * @return a copy with the new value
   */
  public ImageFolderConfig labels(List<String> names) {
    return Records.with(this, "labels", names);
  }
}
