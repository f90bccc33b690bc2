package io.github.vqvae4j.data.image;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs a single warning, rather than one for each file, that EXIF orientations are ignored. */
final class OrientationNotice {
  /** Used for images that are read one by one. */
  static final OrientationNotice SINGLE_FILES = atFirst();

  private static final Logger LOG = LoggerFactory.getLogger(Images.class);
  private static final String ADVICE =
      "which is ignored: pixels are read as stored, so images may be rotated or mirrored; rotate"
          + " the files first, for example with ImageMagick's mogrify -auto-orient";

  private boolean counting;
  private boolean reported;

  /** The files found so far; an image may be read twice. */
  private final Set<Path> found = new HashSet<>();

  private Path first;
  private int orientation;

  private OrientationNotice(boolean counting) {
    this.counting = counting;
  }

  /** Creates a notice that reports only the first such image. */
  static OrientationNotice atFirst() {
    return new OrientationNotice(false);
  }

  /** Creates a notice that counts such images until {@link #report} is called. */
  static OrientationNotice counting() {
    return new OrientationNotice(true);
  }

  /** Records the orientation of an image; 1 is upright. */
  synchronized void found(Path file, int orientationOfFile) {
    if (orientationOfFile == 1 || reported) {
      return;
    }
    found.add(file);
    if (first == null || file.compareTo(first) < 0) {
      first = file;
      orientation = orientationOfFile;
    }
    if (!counting) {
      reported = true;
      LOG.warn(
          "{} has EXIF orientation {}, {}. Further such images are not reported",
          FileNames.path(first),
          orientation,
          ADVICE);
    }
  }

  /** Reports the number of images. A later image is reported only if none was found so far. */
  synchronized void report() {
    counting = false;
    if (!found.isEmpty()) {
      reported = true;
      LOG.warn(
          "{} an EXIF orientation, {}. The first is {}, orientation {}",
          Counts.of(found.size(), "image has", "images have"),
          ADVICE,
          FileNames.path(first),
          orientation);
    }
  }
}
