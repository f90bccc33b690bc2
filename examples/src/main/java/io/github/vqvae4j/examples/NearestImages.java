package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The training images that are most similar to given images, by the mean squared difference of
 * their pixels. They show whether a model has memorized its training images.
 */
final class NearestImages {
  private static final int NEIGHBORS = 5;

  /** The number of training images that are read at once. */
  private static final int BLOCK = 1_000;

  /** The number of values after which an image that is not among the nearest is left. */
  private static final int PART = 64;

  private final Images images;
  private final Dataset train;

  /** The indices of the nearest training images of each image, the nearest first. */
  private final int[][] neighbors;

  /** The sums of their squared differences. */
  private final double[][] distances;

  private NearestImages(Images images, Dataset train) {
    this.images = images;
    this.train = train;
    neighbors = new int[images.size()][NEIGHBORS];
    distances = new double[images.size()][NEIGHBORS];
    for (double[] ofImage : distances) {
      Arrays.fill(ofImage, Double.POSITIVE_INFINITY);
    }
  }

  /**
   * Searches all training images.
   *
   * @param images images
   * @param train at least as many training images as are shown
   */
  static NearestImages of(Images images, Dataset train) {
    NearestImages nearest = new NearestImages(images, train);
    float[] pixels = images.pixels();
    for (int from = 0; from < train.size(); from += BLOCK) {
      int first = from;
      float[] block = train.pixels(from, Math.min(from + BLOCK, train.size()));
      IntStream.range(0, images.size())
          .parallel()
          .forEach(image -> nearest.search(image, pixels, first, block));
    }
    return nearest;
  }

  private void search(int image, float[] pixels, int first, float... block) {
    int length = images.imageLength();
    for (int i = 0; i < block.length / length; i++) {
      double sum = 0;
      double limit = distances[image][NEIGHBORS - 1];
      for (int from = 0; from < length && sum < limit; from += PART) { // often one part is enough
        for (int j = from; j < Math.min(from + PART, length); j++) {
          double difference = pixels[image * length + j] - block[i * length + j];
          sum += difference * difference;
        }
      }
      insert(first + i, sum, neighbors[image], distances[image]);
    }
  }

  private static void insert(int index, double distance, int[] indices, double... sorted) {
    int place = NEIGHBORS;
    while (place > 0 && distance < sorted[place - 1]) {
      place--;
      if (place < NEIGHBORS - 1) {
        sorted[place + 1] = sorted[place];
        indices[place + 1] = indices[place];
      }
    }
    if (place < NEIGHBORS) {
      sorted[place] = distance;
      indices[place] = index;
    }
  }

  /** Returns a row for every n-th image: the image, and the training images nearest to it. */
  List<Images> rows(int count) {
    List<Images> rows = new ArrayList<>();
    int stride = Math.max(1, images.size() / count);
    for (int i = 0; i < images.size() && rows.size() < count; i += stride) {
      rows.add(Images.concat(images.image(i), Images.from(train, neighbors[i])));
    }
    return rows;
  }

  /** Returns a grid of these rows. */
  ImageGrid grid(int count) {
    ImageGrid grid =
        new ImageGrid()
            .title("Samples, and the training images that are nearest to them")
            .columns(List.of("sample", "nearest", "2nd", "3rd", "4th", "5th"));
    rows(count).forEach(grid::row);
    return grid;
  }

  /** Returns the median over all images of the root mean squared difference to the nearest. */
  double medianDistance() {
    double[] nearest =
        Arrays.stream(distances)
            .mapToDouble(ofImage -> Math.sqrt(ofImage[0] / images.imageLength()))
            .sorted()
            .toArray();
    return nearest[nearest.length / 2];
  }
}
