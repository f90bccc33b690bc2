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

  int rows() {
    return height - 2 * top;
  }

  int columns() {
    return width - 2 * left;
  }

  /** Returns the index in the image of a pixel of the area. */
  int pixel(int inner) {
    return (top + inner / columns()) * width + left + inner % columns();
  }

  double[] crop(double[] map) {
    double[] inner = new double[rows() * columns()];
    for (int i = 0; i < inner.length; i++) {
      inner[i] = map[pixel(i)];
    }
    return inner;
  }
}
