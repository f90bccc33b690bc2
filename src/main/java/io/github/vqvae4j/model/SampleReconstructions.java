package io.github.vqvae4j.model;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A fixed set of sample images whose reconstructions show the progress of training. */
final class SampleReconstructions implements Supplier<Images> {
  private static final int COLUMNS = 10;
  private static final int MAX_IMAGES = 40;

  private final ImageModel model;
  private final List<Images> rows = new ArrayList<>();

  /** Takes the first images of a dataset, at most 40. */
  SampleReconstructions(ImageModel model, Dataset data) {
    this.model = model;
    if (data.size() == 0) {
      throw new IllegalArgumentException(
          "ImageModel.reconstructions: expected one or more sample images, got none.");
    }
    int count = Math.min(MAX_IMAGES, data.size());
    for (int start = 0; start < count; start += COLUMNS) {
      rows.add(Images.from(data.range(start, Math.min(start + COLUMNS, count))));
    }
  }

  /** Returns a grid with rows of ten images, each followed by a row of their reconstructions. */
  @Override
  public Images get() {
    ImageGrid grid = new ImageGrid();
    for (Images originals : rows) {
      grid.space();
      grid.row("original", originals).row("reconstruction", model.reconstruct(originals));
    }
    return grid.image();
  }
}
