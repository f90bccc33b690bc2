package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.internal.View;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;

/** A view of a dataset whose images are varied at random in each epoch. */
final class AugmentedDataset implements Dataset, View {
  private static final int POSITION = 0;
  private static final int FLIP = 1;
  private static final int BRIGHTNESS = 2;
  private static final int CONTRAST = 3;

  private final Dataset source;
  private final Augmentation augmentation;
  private final long seed;
  private final int height;
  private final int width;

  AugmentedDataset(Dataset source, Augmentation augmentation, long seed) {
    this.source = source;
    this.augmentation = augmentation;
    this.seed = seed;
    this.height = augmentation.height() == 0 ? source.height() : augmentation.height();
    this.width = augmentation.width() == 0 ? source.width() : augmentation.width();
    int longest = Math.max(source.height(), source.width());
    if (augmentation.padding() > longest) {
      throw new IllegalArgumentException(
          "got a padding of "
              + augmentation.padding()
              + " for images of "
              + source.height()
              + " x "
              + source.width()
              + ", expected at most "
              + longest
              + ", their longer side; choose a smaller padding");
    }
    if (height > source.height() || width > source.width()) {
      throw new IllegalArgumentException(
          "got a crop of "
              + height
              + " x "
              + width
              + " for images of "
              + source.height()
              + " x "
              + source.width()
              + ", expected at most the size of the images; choose a smaller crop, or read the"
              + " images at a larger size");
    }
  }

  @Override
  public int size() {
    return source.size();
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
    return source.channels();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    float[] image = new float[source.imageLength()];
    source.image(index, image, 0);
    int top = (source.height() - height) / 2;
    int left = (source.width() - width) / 2;
    crop(image, top, left, false, target, offset);
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    float[] image = new float[source.imageLength()];
    source.image(index, epoch, image, 0);
    Rng position = rng(epoch, index, POSITION);
    int top =
        position.nextInt(source.height() - height + 2 * augmentation.padding() + 1)
            - augmentation.padding();
    int left =
        position.nextInt(source.width() - width + 2 * augmentation.padding() + 1)
            - augmentation.padding();
    boolean flip = augmentation.flip() && rng(epoch, index, FLIP).nextBoolean();
    crop(image, top, left, flip, target, offset);
    if (augmentation.brightness() > 0) {
      scale(
          factor(rng(epoch, index, BRIGHTNESS), augmentation.brightness()),
          0,
          target,
          offset,
          0,
          1);
    }
    if (augmentation.contrast() > 0) {
      float factor = factor(rng(epoch, index, CONTRAST), augmentation.contrast());
      // The channels of a series may have different units and thus different means.
      int stride = unitRange() ? 1 : channels();
      for (int channel = 0; channel < stride; channel++) {
        float mean = mean(target, offset, channel, stride);
        scale(factor, mean, target, offset, channel, stride);
      }
    }
  }

  /**
   * Returns the generator of one draw. Each draw has its own, so that no setting changes another.
   */
  private Rng rng(long epoch, int index, int draw) {
    return Rng.at(seed, RngStream.AUGMENTATION, epoch, index, draw);
  }

  /**
   * Copies the crop at row {@code top} and column {@code left}. Pixels outside repeat the border.
   */
  private void crop(float[] image, int top, int left, boolean flip, float[] target, int offset) {
    int channels = channels();
    int next = offset;
    for (int y = 0; y < height; y++) {
      int row = clamp(top + y, source.height()) * source.width();
      for (int x = 0; x < width; x++) {
        int column = clamp(left + (flip ? width - 1 - x : x), source.width());
        System.arraycopy(image, (row + column) * channels, target, next, channels);
        next += channels;
      }
    }
  }

  /** Returns the mean of every {@code stride}-th value. */
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

  private static float factor(Rng rng, double amount) {
    return (float) (1 + amount * (2 * rng.nextDouble() - 1));
  }

  private static int clamp(int index, int size) {
    return Math.max(0, Math.min(size - 1, index));
  }

  @Override
  public int label(int index) {
    return source.label(index);
  }

  @Override
  public Source<?> viewed() {
    return source;
  }

  @Override
  public boolean isThreadSafe() {
    return source.isThreadSafe();
  }

  @Override
  public boolean unitRange() {
    return source.unitRange();
  }

  @Override
  public int skippedFiles() {
    return source.skippedFiles();
  }

  @Override
  public String toString() {
    return source + " with " + augmentation;
  }
}
