package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/** A grid of held-out images in pairs of rows: originals and their reconstructions. */
final class ReconstructionGrid {
  private static final int COLUMNS = 10;
  private static final int ROWS = 4;

  private ReconstructionGrid() {}

  static void write(ImageModel model, Dataset test, Path file) throws IOException {
    int[] indices = choose(test, COLUMNS * ROWS);
    ImageGrid grid = new ImageGrid();
    for (int start = 0; start < indices.length; start += COLUMNS) {
      int end = Math.min(start + COLUMNS, indices.length);
      int[] row = Arrays.copyOfRange(indices, start, end);
      Images originals = Images.from(test, row);
      grid.space();
      grid.row("original", originals).row("reconstruction", model.reconstruct(originals));
    }
    grid.write(file);
  }

  /** Selects one image of each label 0 to 9 for each row; without labels, the first images. */
  static int[] choose(Dataset test, int most) {
    int count = Math.min(most, test.size());
    int[] indices = new int[count];
    boolean[] taken = new boolean[test.size()];
    for (int i = 0; i < count; i++) {
      indices[i] = next(test, taken, i % COLUMNS);
      taken[indices[i]] = true;
    }
    return indices;
  }

  private static int next(Dataset test, boolean[] taken, int label) {
    int firstFree = -1;
    for (int i = 0; i < test.size(); i++) {
      if (!taken[i] && test.label(i) == label) {
        return i;
      }
      firstFree = firstFree < 0 && !taken[i] ? i : firstFree;
    }
    return firstFree;
  }
}
