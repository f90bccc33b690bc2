package io.github.vqvae4j.examples;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.random.Rng;

/**
 * Images, followed by copies of them that are rotated, scaled, slanted and shifted by small random
 * amounts. Pixels are interpolated linearly; outside an image, its border is repeated. A copy is a
 * function of the seed and its index.
 */
final class DistortedImages implements Dataset {
  /** The maximum angle of rotation, in radians: 9 degrees. */
  private static final double ROTATION = Math.toRadians(9);

  /** The maximum relative change of height and width. */
  private static final double SCALING = 0.1;

  /** The maximum horizontal shift of a row relative to the next one, in pixels. */
  private static final double SLANT = 0.12;

  /** The maximum shift, as a fraction of height and width. */
  private static final double SHIFT = 0.04;

  private final Dataset images;
  private final int size;
  private final long seed;

  DistortedImages(Dataset images, int copies, long seed) {
    this.images = images;
    this.seed = seed;
    size = Math.multiplyExact(images.size(), copies + 1);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int height() {
    return images.height();
  }

  @Override
  public int width() {
    return images.width();
  }

  @Override
  public int channels() {
    return images.channels();
  }

  @Override
  public boolean isThreadSafe() {
    return images.isThreadSafe();
  }

  @Override
  public int label(int index) {
    return images.label(index % images.size());
  }

  @Override
  public void image(int index, float[] target, int offset) {
    images.image(index % images.size(), target, offset);
    if (index >= images.size()) {
      float[] original = new float[imageLength()];
      System.arraycopy(target, offset, original, 0, original.length);
      distort(original, Rng.at(seed, index), target, offset);
    }
  }

  private static double upTo(double max, Rng rng) {
    return max * (2 * rng.nextDouble() - 1);
  }

  /** Fills the target: its pixel at p is that of the original at A p + b, around the center. */
  private void distort(float[] original, Rng rng, float[] target, int offset) {
    double angle = upTo(ROTATION, rng);
    double scaleX = 1 + upTo(SCALING, rng);
    double scaleY = 1 + upTo(SCALING, rng);
    double slant = upTo(SLANT, rng);
    double shiftX = upTo(SHIFT * width(), rng);
    double shiftY = upTo(SHIFT * height(), rng);
    double centerX = (width() - 1) / 2.0;
    double centerY = (height() - 1) / 2.0;
    int next = offset;
    for (int row = 0; row < height(); row++) {
      for (int column = 0; column < width(); column++) {
        double y = (row - centerY) * scaleY;
        double x = (column - centerX) * scaleX + slant * y;
        double sourceX = centerX + shiftX + Math.cos(angle) * x - Math.sin(angle) * y;
        double sourceY = centerY + shiftY + Math.sin(angle) * x + Math.cos(angle) * y;
        for (int channel = 0; channel < channels(); channel++) {
          target[next++] = (float) interpolate(original, sourceY, sourceX, channel);
        }
      }
    }
  }

  private double interpolate(float[] image, double y, double x, int channel) {
    double insideY = Math.min(Math.max(y, 0), height() - 1);
    double insideX = Math.min(Math.max(x, 0), width() - 1);
    int top = (int) insideY;
    int left = (int) insideX;
    int bottom = Math.min(top + 1, height() - 1);
    int right = Math.min(left + 1, width() - 1);
    double fromTop = insideY - top;
    double fromLeft = insideX - left;
    double upper =
        (1 - fromLeft) * pixel(image, top, left, channel)
            + fromLeft * pixel(image, top, right, channel);
    double lower =
        (1 - fromLeft) * pixel(image, bottom, left, channel)
            + fromLeft * pixel(image, bottom, right, channel);
    return (1 - fromTop) * upper + fromTop * lower;
  }

  private double pixel(float[] image, int row, int column, int channel) {
    return image[(row * width() + column) * channels() + channel];
  }
}
