package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.LatentModel;
import io.github.vqvae4j.model.Latents;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/** Images that demonstrate continuous latents: interpolation and latent arithmetic. */
final class LatentImages {
  private static final String INTERPOLATION = "interpolation.png";
  private static final String THICKNESS = "thickness.png";
  private static final int DIGITS = 10;
  private static final int COLUMNS = 11;

  /** The fraction of a digit's images that count as thick, and as thin. */
  private static final double FRACTION = 0.2;

  /** The multiple of the difference subtracted or added at the ends of a row. */
  private static final double MAX_FACTOR = 1.5;

  private final LatentModel model;

  LatentImages(LatentModel model) {
    this.model = model;
  }

  /** Writes the images and prints what they show. */
  void write(ImageSets images, OutputFolder folder, PrintWriter out) throws IOException {
    folder.write(INTERPOLATION, interpolation(images.test())::write);
    folder.write(THICKNESS, thickness(images.train(), images.test())::write);
    out.printf("  %-20s interpolation from one digit (left) to another (right)%n", INTERPOLATION);
    out.printf(
        "  %-20s stroke thickness: multiples of thick minus thin, added to the latents%n",
        THICKNESS);
  }

  /** Interpolates between two digits in each row, along the line between their latents. */
  private ImageGrid interpolation(Dataset test) {
    List<String> columns = new ArrayList<>(Collections.nCopies(COLUMNS, ""));
    columns.set(0, "start");
    columns.set(COLUMNS - 1, "end");
    ImageGrid grid = new ImageGrid().columns(columns);
    for (int digit = 0; digit < DIGITS; digit += 2) {
      Images start = Images.from(test, withLabel(test, digit).get(0));
      Images end = Images.from(test, withLabel(test, digit + 1).get(0));
      grid.row(Images.concat(start, model.interpolate(start, end, COLUMNS - 2), end));
    }
    return grid;
  }

  /**
   * Varies the stroke thickness of one digit per row, with its reconstruction in the middle. The
   * difference between thick and thin digits is added to the right and subtracted to the left.
   */
  private ImageGrid thickness(Dataset train, Dataset test) {
    Latents thickness = thickMinusThin(train);
    double[] factors =
        IntStream.range(0, COLUMNS)
            .mapToDouble(i -> MAX_FACTOR * (2.0 * i / (COLUMNS - 1) - 1))
            .toArray();
    ImageGrid grid =
        new ImageGrid()
            .title("Latents plus a multiple of the difference between thick and thin digits")
            .columns(Arrays.stream(factors).mapToObj(LatentImages::caption).toList());
    for (int digit = 0; digit < DIGITS; digit++) {
      Latents latents = model.encode(Images.from(test, withLabel(test, digit).get(1)));
      Images[] row = new Images[COLUMNS];
      for (int i = 0; i < COLUMNS; i++) {
        row[i] = model.decode(latents.plus(thickness.times(factors[i])));
      }
      grid.row(Images.concat(row));
    }
    return grid;
  }

  private static String caption(double factor) {
    return factor == 0 ? "unchanged" : String.format(Locale.ROOT, "%+.1f", factor);
  }

  /**
   * Returns the difference of the mean latents of thick and thin digits. Each digit contributes
   * equally many images to both, so that the means differ in thickness only.
   */
  private Latents thickMinusThin(Dataset train) {
    List<Integer> thin = new ArrayList<>();
    List<Integer> thick = new ArrayList<>();
    for (int digit = 0; digit < DIGITS; digit++) {
      List<Integer> images = withLabel(train, digit);
      images.sort(Comparator.comparingDouble(index -> ink(train, index)));
      int count = (int) Math.max(1, FRACTION * images.size());
      thin.addAll(images.subList(0, count));
      thick.addAll(images.subList(images.size() - count, images.size()));
    }
    return mean(train, thick).minus(mean(train, thin));
  }

  private Latents mean(Dataset train, List<Integer> indices) {
    return model.encode(Images.from(train, toArray(indices))).mean();
  }

  private static int[] toArray(List<Integer> indices) {
    return indices.stream().mapToInt(Integer::intValue).toArray();
  }

  private static double ink(Dataset images, int index) {
    float[] pixels = new float[images.imageLength()];
    images.image(index, pixels, 0);
    double sum = 0;
    for (float pixel : pixels) {
      sum += pixel;
    }
    return sum;
  }

  private static List<Integer> withLabel(Dataset images, int label) {
    return new ArrayList<>(
        IntStream.range(0, images.size()).filter(i -> images.label(i) == label).boxed().toList());
  }
}
