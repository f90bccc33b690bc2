package io.github.vqvae4j.data;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.FileNames;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reports once, and not for each file, that EXIF orientations are not followed. */
final class OrientationNotice {
  /** For images that are read one by one. */
  static final OrientationNotice SINGLE_FILES = atFirst();

  private static final Logger LOG = LoggerFactory.getLogger(Images.class);
  private static final String ADVICE =
      "which is ignored: pixels are read as they are stored, so they may lie on their side, upside"
          + " down or mirrored; turn the files first, for example with ImageMagick's mogrify"
          + " -auto-orient";

  private boolean waiting;
  private boolean reported;

  /** Those found so far; an image may be read twice. */
  private final Set<Path> found = new HashSet<>();

  private Path first;
  private int orientation;

  private OrientationNotice(boolean waiting) {
    this.waiting = waiting;
  }

  /** Reports the first such image, and no other. */
  static OrientationNotice atFirst() {
    return new OrientationNotice(false);
  }

  /** Counts such images until {@link #report}. */
  static OrientationNotice counting() {
    return new OrientationNotice(true);
  }

  /** Takes note of an image that was read; 1 is upright. */
  synchronized void found(Path file, int orientationOfFile) {
    if (orientationOfFile == 1 || reported) {
      return;
    }
    found.add(file);
    if (first == null || file.compareTo(first) < 0) {
      first = file;
      orientation = orientationOfFile;
    }
    if (!waiting) {
      reported = true;
      LOG.warn(
          "{} has EXIF orientation {}, {}. Further such images are not reported",
          FileNames.path(first),
          orientation,
          ADVICE);
    }
  }

  /** Reports what was counted. What comes later is reported only if nothing was found so far. */
  synchronized void report() {
    waiting = false;
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
