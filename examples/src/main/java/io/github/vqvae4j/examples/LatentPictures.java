package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.model.LatentModel;
import io.github.vqvae4j.model.Latents;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** What can be done with latents of real numbers: go from one image to another, and calculate. */
final class LatentPictures {
  private static final String INTERPOLATION = "interpolation.png";
  private static final String THICKNESS = "thickness.png";
  private static final int DIGITS = 10;
  private static final int COLUMNS = 11;

  /** The share of a digit's images that count as thick, and as thin. */
  private static final double EXTREME = 0.2;

  /** How much of the difference is taken off or added at the ends of a row. */
  private static final double FURTHEST = 1.5;

  private final LatentModel model;

  LatentPictures(LatentModel model) {
    this.model = model;
  }

  /** Writes them, and says what they are. */
  void write(ImageSets images, OutputFolder folder, PrintWriter out) throws IOException {
    folder.write(INTERPOLATION, file -> Images.writeGrid(interpolation(images.test()), file));
    folder.write(
        THICKNESS, file -> Images.writeGrid(thickness(images.train(), images.test()), file));
    out.printf("  %-20s from one digit (left) to another (right)%n", INTERPOLATION);
    out.printf("  %-20s thick minus thin digits, taken off (left) and added (right)%n", THICKNESS);
  }

  /**
   * Each row goes from one digit to the next one, over what the model makes of the line between.
   */
  private List<Images> interpolation(Dataset test) {
    List<Images> rows = new ArrayList<>();
    for (int digit = 0; digit < DIGITS; digit += 2) {
      Images from = Images.from(test, ofLabel(test, digit).get(0));
      Images to = Images.from(test, ofLabel(test, digit + 1).get(0));
      rows.add(Images.concat(from, model.interpolate(from, to, COLUMNS - 2), to));
    }
    return rows;
  }

  /**
   * A digit in each row: in the middle its reconstruction, to the right more and more of what thick
   * digits have and thin ones have not, to the left less.
   */
  private List<Images> thickness(Dataset train, Dataset test) {
    Latents thicker = thickMinusThin(train);
    List<Images> rows = new ArrayList<>();
    for (int digit = 0; digit < DIGITS; digit++) {
      Latents latents = model.encode(Images.from(test, ofLabel(test, digit).get(1)));
      Images[] row = new Images[COLUMNS];
      for (int i = 0; i < COLUMNS; i++) {
        double amount = FURTHEST * (2.0 * i / (COLUMNS - 1) - 1);
        row[i] = model.decode(latents.plus(thicker.times(amount)));
      }
      rows.add(Images.concat(row));
    }
    return rows;
  }

  /** Equally many of each digit, so that thickness is all in which the two means differ. */
  private Latents thickMinusThin(Dataset train) {
    List<Integer> thin = new ArrayList<>();
    List<Integer> thick = new ArrayList<>();
    for (int digit = 0; digit < DIGITS; digit++) {
      List<Integer> images = ofLabel(train, digit);
      images.sort(Comparator.comparingDouble(index -> ink(train, index)));
      int count = (int) Math.max(1, EXTREME * images.size());
      thin.addAll(images.subList(0, count));
      thick.addAll(images.subList(images.size() - count, images.size()));
    }
    return mean(train, thick).minus(mean(train, thin));
  }

  private Latents mean(Dataset train, List<Integer> indices) {
    return model.encode(Images.from(train, ints(indices))).mean();
  }

  private static int[] ints(List<Integer> indices) {
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

  private static List<Integer> ofLabel(Dataset images, int label) {
    return new ArrayList<>(
        IntStream.range(0, images.size()).filter(i -> images.label(i) == label).boxed().toList());
  }
}
