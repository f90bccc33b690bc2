package io.github.vqvae4j.data;

import io.github.vqvae4j.io.BadFileException;

/**
 * Scales pictures by a triangle filter along each axis: an output pixel is the weighted mean of the
 * source pixels around its centre, with weights max(0, 1 - |distance| / reach) and a reach of one
 * pixel, or of one output pixel where that is larger. So every source pixel counts when a picture
 * becomes smaller, and a larger one is interpolated linearly; unscaled pixels stay as they are.
 *
 * <p>The definition is that of PyTorch's {@code interpolate(mode="bilinear", antialias=True)}. A
 * picture is read a row at a time, so that no copy of it in floats is made.
 */
final class Resample {
  private Resample() {}

  /**
   * The image [height, width, channels] that a picture becomes.
   *
   * @throws BadFileException if the palette lacks the colour of a pixel
   * @throws IllegalArgumentException if {@code fit} is {@code CENTER} and the picture is too small
   */
  static float[] fit(PictureRows picture, ImageFit fit, int height, int width)
      throws BadFileException {
    double high = picture.height();
    double wide = picture.width();
    double scaleY = high / height;
    double scaleX = wide / width;
    switch (fit) {
      case COVER -> {
        scaleY = Math.min(scaleY, scaleX);
        scaleX = scaleY;
      }
      case CENTER -> {
        if (high < height || wide < width) {
          throw new IllegalArgumentException(
              "got a picture of "
                  + picture.height()
                  + " x "
                  + picture.width()
                  + " pixels, expected at least "
                  + height
                  + " x "
                  + width
                  + " for ImageFit.CENTER, which does not scale; choose COVER or STRETCH");
        }
        scaleY = 1;
        scaleX = 1;
      }
      case STRETCH -> {
        // Each axis has its own scale, as computed.
      }
    }
    return scale(
        picture,
        new Axis(picture.height(), height, scaleY),
        new Axis(picture.width(), width, scaleX));
  }

  private static float[] scale(PictureRows picture, Axis vertical, Axis horizontal)
      throws BadFileException {
    int channels = picture.channels();
    int length = horizontal.first.length * channels;
    float[] image = new float[vertical.first.length * length];
    float[] source = new float[picture.width() * channels];
    float[] row = new float[length];
    int top = 0;
    for (int y = vertical.first[0]; top < vertical.first.length; y++) {
      picture.read(y, source, 0);
      scaleRow(source, horizontal, channels, row);
      for (int to = top; to < vertical.first.length && vertical.first[to] <= y; to++) {
        float[] weights = vertical.weights[to];
        int at = y - vertical.first[to];
        if (at < weights.length) {
          addRow(weights[at], row, image, to * length);
        }
        if (at >= weights.length - 1 && to == top) {
          top++;
        }
      }
    }
    return image;
  }

  private static void scaleRow(float[] source, Axis axis, int channels, float[] row) {
    for (int x = 0; x < axis.first.length; x++) {
      float[] weights = axis.weights[x];
      for (int c = 0; c < channels; c++) {
        float sum = 0;
        int from = axis.first[x] * channels + c;
        for (float weight : weights) {
          sum += weight * source[from];
          from += channels;
        }
        row[x * channels + c] = sum;
      }
    }
  }

  private static void addRow(float weight, float[] row, float[] image, int offset) {
    for (int i = 0; i < row.length; i++) {
      image[offset + i] += weight * row[i];
    }
  }

  /** For each pixel along one side of the image: its first source pixel, and their weights. */
  private static final class Axis {
    private final int[] first;
    private final float[][] weights;

    Axis(int sourceSize, int size, double scale) {
      first = new int[size];
      weights = new float[size][];
      double start = (sourceSize - size * scale) / 2;
      if (scale == 1) {
        start = Math.rint(start); // Half a pixel would blur what is only cut out.
      }
      double reach = Math.max(1, scale);
      for (int i = 0; i < size; i++) {
        double center = start + (i + 0.5) * scale;
        first[i] = Math.max(0, (int) Math.floor(center - reach + 0.5));
        int end = Math.min(sourceSize, (int) Math.floor(center + reach + 0.5));
        weights[i] = triangle(first[i] + 0.5 - center, end - first[i], reach);
      }
    }

    /** Weights whose sum is 1, the first at {@code distance} from the centre. */
    private static float[] triangle(double distance, int count, double reach) {
      float[] weights = new float[count];
      double sum = 0;
      for (int i = 0; i < count; i++) {
        double weight = Math.max(0, 1 - Math.abs(distance + i) / reach);
        weights[i] = (float) weight;
        sum += weight;
      }
      for (int i = 0; i < count; i++) {
        weights[i] /= (float) sum;
      }
      return weights;
    }
  }
}
