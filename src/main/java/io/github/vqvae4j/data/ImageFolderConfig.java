package io.github.vqvae4j.data;

import io.github.vqvae4j.config.Records;
import io.github.vqvae4j.config.Require;
import java.util.HashSet;
import java.util.List;

/**
 * How an {@link ImageFolder} is read.
 *
 * <pre>{@code
 * ImageFolderConfig.of(64).fit(ImageFit.STRETCH).skipCorrupt(true)
 * }</pre>
 *
 * @param height of every image, in pixels, at least 1
 * @param width of every image, in pixels, at least 1
 * @param channels 3 for red, green, blue, 1 for gray; pictures of the other kind are converted; by
 *     default 3
 * @param fit how a picture of another size becomes such an image; by default {@code COVER}
 * @param streamed whether images are read from their files each time; otherwise, by default, all
 *     are held in memory, height * width * channels bytes each
 * @param skipCorrupt whether files that cannot be read are left out and counted; otherwise, by
 *     default, the first one is an error
 * @param labels the labels' names; by default empty, for the names of the subfolders with images
 */
public record ImageFolderConfig(
    int height,
    int width,
    int channels,
    ImageFit fit,
    boolean streamed,
    boolean skipCorrupt,
    List<String> labels) {
  /**
   * Checks the settings.
   *
   * @throws IllegalArgumentException if a size is below 1, an image too large for an array, the
   *     channels neither 1 nor 3, or a label there twice
   */
  public ImageFolderConfig {
    String record = "ImageFolderConfig.";
    Require.that(height >= 1, record + "height", "at least 1", height);
    Require.that(width >= 1, record + "width", "at least 1", width);
    Require.that(
        channels == 1 || channels == 3,
        record + "channels",
        "1 (gray) or 3 (red, green, blue)",
        channels);
    Checks.length(1, height, width, channels);
    Require.present(ImageFit.class, record + "fit", fit);
    labels = Require.list(String.class, record + "labels", labels);
    Require.that(
        new HashSet<>(labels).size() == labels.size(),
        record + "labels",
        "each name once",
        labels,
        "leave the others out");
  }

  /**
   * Square images in colour with the defaults.
   *
   * @param side the height and the width
   * @return the settings
   */
  public static ImageFolderConfig of(int side) {
    return of(side, side);
  }

  /**
   * Images in colour with the defaults.
   *
   * @param height rows of pixels
   * @param width columns of pixels
   * @return the settings
   */
  public static ImageFolderConfig of(int height, int width) {
    return new ImageFolderConfig(height, width, 3, ImageFit.COVER, false, false, List.of());
  }

  /**
   * Gray images: 0.299 red + 0.587 green + 0.114 blue.
   *
   * @return these settings with 1 channel
   */
  public ImageFolderConfig gray() {
    return Records.with(this, "channels", 1);
  }

  /**
   * Sets how pictures are fitted.
   *
   * @param newFit the way
   * @return these settings with it
   */
  public ImageFolderConfig fit(ImageFit newFit) {
    return Records.with(this, "fit", newFit);
  }

  /**
   * Sets whether images are read from their files each time, for folders too large for memory. The
   * loader's one thread then reads some 600 JPEG pictures of 256 x 256 in a second; training that
   * is faster waits for it.
   *
   * @param on whether they are
   * @return these settings with it
   */
  public ImageFolderConfig streamed(boolean on) {
    return Records.with(this, "streamed", on);
  }

  /**
   * Sets whether files that cannot be read are left out. To know which, a streamed folder too is
   * then read once when it is opened.
   *
   * @param on whether they are
   * @return these settings with it
   */
  public ImageFolderConfig skipCorrupt(boolean on) {
    return Records.with(this, "skipCorrupt", on);
  }

  /**
   * Sets the labels' names, whichever subfolders there are: those of a training folder for the test
   * folder beside it, which may lack some of the classes. An image in another subfolder is an
   * error.
   *
   * @param names of subfolders, each once, in the order of their numbers: {@link
   *     ImageFolder#labelNames} of the training folder; empty for the subfolders' own
   * @return these settings with them
   */
  public ImageFolderConfig labels(List<String> names) {
    return Records.with(this, "labels", names);
  }
}
