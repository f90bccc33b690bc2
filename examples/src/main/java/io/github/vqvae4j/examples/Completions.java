package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.Sampling;
import io.github.vqvae4j.quantize.Codes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * In-painting: the codes of the lower half of an image are sampled given those of its upper half.
 *
 * @param coder the model of the images
 * @param priors the priors over its codes
 * @param sampling how codes are drawn
 */
record Completions(ImageCodes coder, CodePriors priors, Sampling sampling) {
  private static final int COMPLETIONS = 4;
  private static final float GRAY = 0.5f;

  /** Returns a grid with a row for each image: the image, its upper half, and completions. */
  ImageGrid grid(Dataset images, Condition classes, long seed) {
    Images originals = Images.from(images);
    List<Codes> whole = coder.encode(originals);
    List<Codes> partial = whole.stream().map(Completions::upperHalf).toList();
    List<Images> columns = new ArrayList<>(List.of(originals, masked(originals, whole)));
    List<String> names = new ArrayList<>(List.of("original", "given part"));
    for (int i = 0; i < COMPLETIONS; i++) {
      names.add("completion " + (i + 1));
      columns.add(coder.decode(priors.complete(partial, classes, sampling, seed + i)));
    }
    ImageGrid grid = new ImageGrid().columns(names);
    for (int i = 0; i < originals.size(); i++) {
      int row = i;
      grid.row(
          Images.concat(columns.stream().map(column -> column.image(row)).toArray(Images[]::new)));
    }
    return grid;
  }

  private static int keptRows(Codes codes) {
    return codes.shape()[1] / 2;
  }

  /** Returns the codes with those of the lower half missing. */
  private static Codes upperHalf(Codes codes) {
    int[] shape = codes.shape();
    int kept = keptRows(codes);
    return codes.withMissing(kept, 0, shape[1] - kept, shape[2]);
  }

  /** Returns the images in gray where the codes of every level are missing. */
  private static Images masked(Images images, List<Codes> levels) {
    Codes largest = levels.get(levels.size() - 1);
    int kept = keptRows(largest) * images.height() / largest.shape()[1];
    float[] pixels = images.pixels();
    int rowLength = images.width() * images.channels();
    for (int row = 0; row < images.size() * images.height(); row++) {
      if (row % images.height() >= kept) {
        Arrays.fill(pixels, row * rowLength, (row + 1) * rowLength, GRAY);
      }
    }
    return Images.of(pixels, images.size(), images.height(), images.width(), images.channels());
  }
}
