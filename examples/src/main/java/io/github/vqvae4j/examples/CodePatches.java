package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageGrid;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.quantize.Codes;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The mean patch of each code: the mean of the pixels at all positions of images for which a model
 * selects the code. A patch is twice as high and wide as the pixels of one position, because they
 * alone show little of what a code stands for. Pixels outside an image do not count.
 */
final class CodePatches {
  /** The size of the image, in pixels, that fits a screen. */
  private static final int MAX_WIDTH = 1_600;

  private static final int MAX_HEIGHT = 1_000;

  private static final float LIGHT_GRAY = 0.88f;
  private static final float HATCH = 0.7f;
  private static final int HATCH_DISTANCE = 4;

  private final int height;
  private final int width;
  private final int channels;

  /** The number of pixel rows and columns of one position. */
  private final int cellHeight;

  private final int cellWidth;
  private final double[] sums;
  private final long[] pixelCounts;
  private final long[] counts;

  private CodePatches(Dataset images, Codes codes) {
    int codebookSize = codes.codebookSize();
    cellHeight = Math.max(1, images.height() / codes.shape()[1]);
    cellWidth = Math.max(1, images.width() / codes.shape()[2]);
    height = Math.min(2 * cellHeight, images.height());
    width = Math.min(2 * cellWidth, images.width());
    channels = images.channels();
    sums = new double[codebookSize * height * width * channels];
    pixelCounts = new long[codebookSize * height * width];
    counts = new long[codebookSize];
  }

  /**
   * Computes the patches of all codes.
   *
   * @param images images
   * @param codes their codes
   */
  static CodePatches of(Dataset images, Codes codes) {
    CodePatches patches = new CodePatches(images, codes);
    int rows = codes.shape()[1];
    int columns = codes.shape()[2];
    float[] pixels = new float[images.imageLength()];
    int[] map = codes.values();
    for (int i = 0; i < images.size(); i++) {
      images.image(i, pixels, 0);
      for (int position = 0; position < rows * columns; position++) {
        int code = map[i * rows * columns + position];
        patches.add(code, position / columns, position % columns, images, pixels);
      }
    }
    return patches;
  }

  private void add(int code, int row, int column, Dataset images, float... pixels) {
    counts[code]++;
    int top = row * cellHeight - (height - cellHeight) / 2;
    int left = column * cellWidth - (width - cellWidth) / 2;
    for (int y = Math.max(0, -top); y < height && top + y < images.height(); y++) {
      for (int x = Math.max(0, -left); x < width && left + x < images.width(); x++) {
        int target = (code * height + y) * width + x;
        int source = (top + y) * images.width() + left + x;
        pixelCounts[target]++;
        for (int c = 0; c < channels; c++) {
          sums[target * channels + c] += pixels[source * channels + c];
        }
      }
    }
  }

  /** Returns the patches, most frequent code first. Pixels without any value are hatched. */
  Images sorted() {
    float[] pixels = new float[sums.length];
    int length = height * width;
    int[] order =
        IntStream.range(0, counts.length)
            .boxed()
            .sorted(Comparator.comparingLong(code -> -counts[code]))
            .mapToInt(Integer::intValue)
            .toArray();
    for (int i = 0; i < order.length * length; i++) {
      int source = order[i / length] * length + i % length;
      for (int c = 0; c < channels; c++) {
        pixels[i * channels + c] =
            pixelCounts[source] == 0
                ? hatched(i % length)
                : (float) (sums[source * channels + c] / pixelCounts[source]);
      }
    }
    return Images.of(pixels, counts.length, height, width, channels);
  }

  private float hatched(int pixel) {
    return (pixel / width + pixel % width) % HATCH_DISTANCE == 0 ? HATCH : LIGHT_GRAY;
  }

  /** Returns a grid that fits a screen, unless there are thousands of codes. */
  ImageGrid grid() {
    int scale = Math.max(1, ImageGrid.MAX_SIDE / Math.max(height, width));
    while (scale > 1 && rows(scale) * (height * scale + ImageGrid.GAP) > MAX_HEIGHT) {
      scale--;
    }
    return new ImageGrid().title(title()).scale(scale).rows(sorted(), columns(scale));
  }

  /** Returns the number of columns: as many as fit, in a grid that is not much wider than high. */
  private int columns(int scale) {
    int fitting = Math.max(1, MAX_WIDTH / (width * scale + ImageGrid.GAP));
    double ratio = (double) MAX_WIDTH / MAX_HEIGHT * height / width;
    return Math.min(fitting, (int) Math.ceil(Math.sqrt(ratio * counts.length)));
  }

  private int rows(int scale) {
    int columns = columns(scale);
    return (counts.length + columns - 1) / columns;
  }

  private String title() {
    long unused = Arrays.stream(counts).filter(count -> count == 0).count();
    return "Mean patch of each code, most frequent first: "
        + this
        + "\nhatched: "
        + (unused == 0 ? "" : unused + " of " + Counts.of(counts.length, "code") + " unused, and ")
        + "pixels outside of the images";
  }

  /** Returns what a patch consists of. */
  @Override
  public String toString() {
    return height == cellHeight && width == cellWidth
        ? height + "x" + width + " pixels"
        : height
            + "x"
            + width
            + " pixels around the "
            + cellHeight
            + "x"
            + cellWidth
            + " of its position";
  }
}
