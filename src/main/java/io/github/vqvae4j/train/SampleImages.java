package io.github.vqvae4j.train;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fixed set of sample images whose reconstructions show the progress of training. */
final class SampleImages {
  private static final Logger LOG = LoggerFactory.getLogger(SampleImages.class);
  private static final int COLUMNS = 10;
  private static final int MAX_IMAGES = 40;

  private final List<Images> rows = new ArrayList<>();

  /** Takes the first images of a dataset, at most 40. */
  SampleImages(Dataset data) {
    if (data.size() == 0) {
      throw new IllegalArgumentException(
          "RunFolder.images: expected one or more sample images, got none.");
    }
    int count = Math.min(MAX_IMAGES, data.size());
    for (int start = 0; start < count; start += COLUMNS) {
      rows.add(Images.from(data.range(start, Math.min(start + COLUMNS, count))));
    }
  }

  /**
   * Returns a grid with rows of ten images, each followed by a row of their reconstructions. If the
   * reconstructions are not finite, logs a warning and returns empty; training decides whether to
   * continue.
   */
  Optional<Images> reconstruct(ImageModel model, long step) {
    List<Images> gridRows = new ArrayList<>();
    try {
      for (Images originals : rows) {
        gridRows.add(originals);
        gridRows.add(model.reconstruct(originals));
      }
    } catch (ArithmeticException e) {
      LOG.warn("No sample reconstructions after step {}. {}", step, e.getMessage());
      return Optional.empty();
    }
    return Optional.of(Images.grid(gridRows));
  }

  /** Returns whether images are due: after steps 1, 2, 4, .. and then at regular intervals. */
  static boolean due(long step, long interval) {
    return step < interval ? Long.bitCount(step) == 1 : step % interval == 0;
  }
}
