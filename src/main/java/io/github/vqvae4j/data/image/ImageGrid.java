package io.github.vqvae4j.data.image;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Arranges images in a grid on a white background. */
final class ImageGrid {
  private static final int GAP = 2;

  /** The maximum side of an enlarged image in pixels: 28 becomes 112. */
  private static final int MAX_SIDE = 112;

  private ImageGrid() {}

  /** Returns the default enlargement factor. */
  static int scale(List<Images> rows) {
    Images first = rows.get(0);
    int scale = Math.max(1, MAX_SIDE / Math.max(first.height(), first.width()));
    while (scale > 1 && !fits(height(rows, scale), width(rows, scale))) {
      scale--;
    }
    return scale;
  }

  /** Splits images into rows of {@code columns}; the last row may be shorter. */
  static List<Images> rows(Images images, int columns) {
    if (columns < 1) {
      throw new IllegalArgumentException(
          "got " + columns + " columns, expected at least 1; correct the number of columns");
    }
    List<Images> rows = new ArrayList<>();
    for (int start = 0; start < images.size(); start += columns) {
      Images[] row = new Images[Math.min(columns, images.size() - start)];
      for (int i = 0; i < row.length; i++) {
        row[i] = images.image(start + i);
      }
      rows.add(Images.concat(row));
    }
    return rows;
  }

  /** Returns one image of all rows, whose images have equal size. */
  static Images layOut(List<Images> rows, int scale) {
    if (scale < 1) {
      throw new IllegalArgumentException(
          "got scale " + scale + ", expected at least 1; use 1 to keep the size");
    }
    Images first = rows.get(0);
    rows.forEach(ImageChecks::writable);
    long height = height(rows, scale);
    long width = width(rows, scale);
    if (!fits(height, width)) {
      throw new IllegalArgumentException(
          "got a grid of "
              + height
              + " x "
              + width
              + " pixels, expected at most "
              + ImageSource.MAX_PIXELS
              + " in total; use a smaller scale or fewer images");
    }
    float[] pixels = new float[(int) (height * width) * first.channels()];
    Arrays.fill(pixels, 1);
    for (int row = 0; row < rows.size(); row++) {
      for (int column = 0; column < rows.get(row).size(); column++) {
        long corner =
            row * cell(first.height(), scale) * width + column * cell(first.width(), scale);
        draw(rows.get(row), column, scale, pixels, (int) corner, (int) width);
      }
    }
    return Images.of(pixels, 1, (int) height, (int) width, first.channels());
  }

  private static long height(List<Images> rows, int scale) {
    return rows.size() * cell(rows.get(0).height(), scale) - GAP;
  }

  private static long width(List<Images> rows, int scale) {
    int columns = rows.stream().mapToInt(Images::size).max().orElseThrow();
    return columns * cell(rows.get(0).width(), scale) - GAP;
  }

  /**
   * Returns the side of an enlarged image plus the gap, limited to avoid overflow in later
   * computations.
   */
  private static long cell(int side, int scale) {
    return Math.min((long) side * scale, Integer.MAX_VALUE) + GAP;
  }

  private static boolean fits(long height, long width) {
    return Math.max(height, width) <= ImageSource.MAX_PIXELS
        && height * width <= ImageSource.MAX_PIXELS;
  }

  /** Draws one image, whose upper left pixel is pixel {@code corner} of the grid. */
  private static void draw(
      Images images, int index, int scale, float[] grid, int corner, int gridWidth) {
    int channels = images.channels();
    for (int y = 0; y < images.height() * scale; y++) {
      for (int x = 0; x < images.width() * scale; x++) {
        int target = (corner + y * gridWidth + x) * channels;
        for (int c = 0; c < channels; c++) {
          grid[target + c] = images.pixel(index, y / scale, x / scale, c);
        }
      }
    }
  }
}
