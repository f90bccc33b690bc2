package io.github.vqvae4j.anomaly;

import io.github.vqvae4j.data.image.Dataset;

/** The area of an image inside its border. */
record InnerArea(int height, int width, int top, int left) {
  static InnerArea of(Dataset images, int border) {
    int height = images.height();
    int top = height == 1 ? 0 : border;
    if (2L * top >= height || 2L * border >= images.width()) {
      throw new IllegalArgumentException(
          "AnomalyDetector: expected images larger than twice the border of "
              + border
              + " pixels, got "
              + height
              + "x"
              + images.width()
              + ". Use larger images or a smaller border.");
    }
    return new InnerArea(height, images.width(), top, border);
  }

  boolean contains(int pixel) {
    int y = pixel / width;
    int x = pixel % width;
    return y >= top && y < height - top && x >= left && x < width - left;
  }

  double[] crop(double[] map) {
    int columns = width - 2 * left;
    double[] inner = new double[(height - 2 * top) * columns];
    for (int y = top; y < height - top; y++) {
      System.arraycopy(map, y * width + left, inner, (y - top) * columns, columns);
    }
    return inner;
  }
}
