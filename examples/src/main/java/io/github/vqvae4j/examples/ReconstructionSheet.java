package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.model.ImageModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A picture of held-out images, and under each row its reconstructions. */
final class ReconstructionSheet {
  private static final int COLUMNS = 10;
  private static final int ROWS = 4;

  private ReconstructionSheet() {}

  static void write(ImageModel model, Dataset test, Path file) throws IOException {
    int[] chosen = choose(test);
    List<Images> rows = new ArrayList<>();
    for (int from = 0; from < chosen.length; from += COLUMNS) {
      int to = Math.min(from + COLUMNS, chosen.length);
      int[] row = Arrays.copyOfRange(chosen, from, to);
      Images originals = Images.from(test, row);
      rows.add(originals);
      rows.add(model.reconstruct(originals));
    }
    Images.writeGrid(rows, file);
  }

  /** For each row one image of each of the labels 0 to 9, else just the first ones. */
  private static int[] choose(Dataset test) {
    int count = Math.min(COLUMNS * ROWS, test.size());
    int[] chosen = new int[count];
    boolean[] taken = new boolean[test.size()];
    for (int i = 0; i < count; i++) {
      chosen[i] = next(test, taken, i % COLUMNS);
      taken[chosen[i]] = true;
    }
    return chosen;
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
