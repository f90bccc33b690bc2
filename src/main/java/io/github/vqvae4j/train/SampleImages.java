package io.github.vqvae4j.train;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.model.ImageModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The same few images again and again, to see how a model learns to reconstruct them. */
final class SampleImages {
  private static final Logger LOG = LoggerFactory.getLogger(SampleImages.class);
  private static final int COLUMNS = 10;
  private static final int MOST = 40;

  private final List<Images> rows = new ArrayList<>();

  /** The first images of a data set, at most 40. */
  SampleImages(Dataset data) {
    if (data.size() == 0) {
      throw new IllegalArgumentException("expected one or more sample images, got none.");
    }
    int count = Math.min(MOST, data.size());
    for (int from = 0; from < count; from += COLUMNS) {
      rows.add(Images.from(data.range(from, Math.min(from + COLUMNS, count))));
    }
  }

  /**
   * Rows of ten images, and under each row its reconstructions; none, and a line in the log, of a
   * model that gives no finite pixels just now: whether it recovers is the training's affair.
   */
  Optional<Images> reconstructed(ImageModel model, long step) {
    List<Images> both = new ArrayList<>();
    try {
      for (Images originals : rows) {
        both.add(originals);
        both.add(model.reconstruct(originals));
      }
    } catch (ArithmeticException e) {
      LOG.warn("No picture of reconstructions after step {}. {}", step, e.getMessage());
      return Optional.empty();
    }
    return Optional.of(Images.grid(both));
  }

  /** Whether they are to be shown: steps 1, 2, 4, .. and then at intervals. */
  static boolean due(long step, long interval) {
    return step < interval ? Long.bitCount(step) == 1 : step % interval == 0;
  }
}
