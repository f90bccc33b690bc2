package io.github.vqvae4j.data.image;

/**
 * Resamples images with a separable triangle filter: an output pixel is the weighted mean of the
 * source pixels around its center, with weights max(0, 1 - |distance| / support) and a support of
 * one pixel, or of one output pixel if that is larger. Therefore every source pixel contributes
 * when an image is scaled down, and scaling up is linear interpolation; unscaled pixels are
 * unchanged.
 *
 * <p>This is the definition of PyTorch's {@code interpolate(mode="bilinear", antialias=True)}.
 * Images are read row by row, so that no copy in floats is needed.
 */
final class Resample {
  private Resample() {}

  /**
   * Returns the fitted image, [height, width, channels].
   *
   * @throws E if a row cannot be read
   * @throws IllegalArgumentException if {@code fit} is {@code CENTER} and the image is too small
   */
  static <E extends Exception> float[] fit(PixelRows<E> rows, ImageFit fit, int height, int width)
      throws E {
    double sourceHeight = rows.height();
    double sourceWidth = rows.width();
    double scaleY = sourceHeight / height;
    double scaleX = sourceWidth / width;
    switch (fit) {
      case COVER -> {
        scaleY = Math.min(scaleY, scaleX);
        scaleX = scaleY;
      }
      case CENTER -> {
        if (sourceHeight < height || sourceWidth < width) {
          throw new IllegalArgumentException(
              "got an image of "
                  + rows.height()
                  + " x "
                  + rows.width()
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
        // The axes are scaled independently, as initialized.
      }
    }
    return scale(
        rows, new Axis(rows.height(), height, scaleY), new Axis(rows.width(), width, scaleX));
  }

  private static <E extends Exception> float[] scale(
      PixelRows<E> rows, Axis vertical, Axis horizontal) throws E {
    int channels = rows.channels();
    int length = horizontal.first.length * channels;
    float[] image = new float[vertical.first.length * length];
    float[] source = new float[rows.width() * channels];
    float[] row = new float[length];
    int firstUnfinished = 0;
    for (int y = vertical.first[0]; firstUnfinished < vertical.first.length; y++) {
      rows.read(y, source, 0);
      scaleRow(source, horizontal, channels, row);
      for (int i = firstUnfinished; i < vertical.first.length && vertical.first[i] <= y; i++) {
        float[] weights = vertical.weights[i];
        int tap = y - vertical.first[i];
        if (tap < weights.length) {
          addRow(weights[tap], row, image, i * length);
        }
        if (tap >= weights.length - 1 && i == firstUnfinished) {
          firstUnfinished++;
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
        int index = axis.first[x] * channels + c;
        for (float weight : weights) {
          sum += weight * source[index];
          index += channels;
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

  /** The first source pixel and the weights of each output pixel along one axis. */
  private static final class Axis {
    private final int[] first;
    private final float[][] weights;

    Axis(int sourceSize, int size, double scale) {
      first = new int[size];
      weights = new float[size][];
      double start = (sourceSize - size * scale) / 2;
      if (scale == 1) {
        // A shift of half a pixel would blur images that are only cropped.
        start = Math.rint(start);
      }
      double support = Math.max(1, scale);
      for (int i = 0; i < size; i++) {
        double center = start + (i + 0.5) * scale;
        first[i] = Math.max(0, (int) Math.floor(center - support + 0.5));
        int end = Math.min(sourceSize, (int) Math.floor(center + support + 0.5));
        weights[i] = triangle(first[i] + 0.5 - center, end - first[i], support);
      }
    }

    /** Returns weights whose sum is 1, the first one at {@code distance} from the center. */
    private static float[] triangle(double distance, int count, double support) {
      float[] weights = new float[count];
      double sum = 0;
      for (int i = 0; i < count; i++) {
        double weight = Math.max(0, 1 - Math.abs(distance + i) / support);
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
