package io.github.vqvae4j.data;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;

/** A view of a data set whose images vary with the epoch. */
final class AugmentedDataset implements Dataset {
  private static final int PLACE = 0;
  private static final int FLIP = 1;
  private static final int BRIGHTNESS = 2;
  private static final int CONTRAST = 3;

  private final Dataset whole;
  private final Augmentation how;
  private final long seed;
  private final int height;
  private final int width;

  AugmentedDataset(Dataset whole, Augmentation how, long seed) {
    this.whole = whole;
    this.how = how;
    this.seed = seed;
    this.height = how.height() == 0 ? whole.height() : how.height();
    this.width = how.width() == 0 ? whole.width() : how.width();
    int longest = Math.max(whole.height(), whole.width());
    if (how.padding() > longest) {
      throw new IllegalArgumentException(
          "got a padding of "
              + how.padding()
              + " for images of "
              + whole.height()
              + " x "
              + whole.width()
              + ", expected at most "
              + longest
              + ", their longer side; give less");
    }
    if (height > whole.height() || width > whole.width()) {
      throw new IllegalArgumentException(
          "got images of "
              + whole.height()
              + " x "
              + whole.width()
              + " to cut "
              + height
              + " x "
              + width
              + " out of, expected ones at least as large; cut out less, or read the images larger");
    }
  }

  @Override
  public int size() {
    return whole.size();
  }

  @Override
  public int height() {
    return height;
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int channels() {
    return whole.channels();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    float[] image = new float[whole.imageLength()];
    whole.image(index, image, 0);
    int top = (whole.height() - height) / 2;
    int left = (whole.width() - width) / 2;
    cut(image, top, left, false, target, offset);
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    float[] image = new float[whole.imageLength()];
    whole.image(index, epoch, image, 0);
    Rng place = rng(epoch, index, PLACE);
    int top = place.nextInt(whole.height() - height + 2 * how.padding() + 1) - how.padding();
    int left = place.nextInt(whole.width() - width + 2 * how.padding() + 1) - how.padding();
    boolean flip = how.flip() && rng(epoch, index, FLIP).nextBoolean();
    cut(image, top, left, flip, target, offset);
    if (how.brightness() > 0) {
      scale(factor(rng(epoch, index, BRIGHTNESS), how.brightness()), 0, target, offset, 0, 1);
    }
    if (how.contrast() > 0) {
      float factor = factor(rng(epoch, index, CONTRAST), how.contrast());
      // The channels of a series may have units, and so means, of their own.
      int stride = unitRange() ? 1 : channels();
      for (int channel = 0; channel < stride; channel++) {
        float mean = mean(target, offset, channel, stride);
        scale(factor, mean, target, offset, channel, stride);
      }
    }
  }

  /** The random numbers of one draw: no setting changes those of another. */
  private Rng rng(long epoch, int index, int draw) {
    return Rng.at(seed, RngStream.AUGMENTATION, epoch, index, draw);
  }

  /** Copies the rectangle from row {@code top} and column {@code left}; beyond is the border. */
  private void cut(float[] image, int top, int left, boolean flip, float[] target, int offset) {
    int channels = channels();
    int next = offset;
    for (int y = 0; y < height; y++) {
      int row = clamp(top + y, whole.height()) * whole.width();
      for (int x = 0; x < width; x++) {
        int column = clamp(left + (flip ? width - 1 - x : x), whole.width());
        System.arraycopy(image, (row + column) * channels, target, next, channels);
        next += channels;
      }
    }
  }

  /** The mean of one value in {@code stride}. */
  private float mean(float[] target, int offset, int first, int stride) {
    double sum = 0;
    for (int i = first; i < imageLength(); i += stride) {
      sum += target[offset + i];
    }
    return (float) (sum / (imageLength() / stride));
  }

  private void scale(float factor, float fixed, float[] target, int offset, int first, int stride) {
    boolean clamped = unitRange();
    for (int i = offset + first; i < offset + imageLength(); i += stride) {
      float value = fixed + factor * (target[i] - fixed);
      target[i] = clamped ? Math.max(0, Math.min(1, value)) : value;
    }
  }

  private static float factor(Rng rng, double share) {
    return (float) (1 + share * (2 * rng.nextDouble() - 1));
  }

  private static int clamp(int at, int size) {
    return Math.max(0, Math.min(size - 1, at));
  }

  @Override
  public int label(int index) {
    return whole.label(index);
  }

  @Override
  public boolean unitRange() {
    return whole.unitRange();
  }

  @Override
  public int skippedFiles() {
    return whole.skippedFiles();
  }

  @Override
  public String toString() {
    return whole + " with " + how;
  }
}
