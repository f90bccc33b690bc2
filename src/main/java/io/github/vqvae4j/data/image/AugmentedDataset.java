package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngStream;

/** A view of a dataset whose images are varied at random in each epoch. */
final class AugmentedDataset extends DatasetView {
  private static final int POSITION = 0;
  private static final int FLIP = 1;
  private static final int BRIGHTNESS = 2;
  private static final int CONTRAST = 3;

  private final Augmentation augmentation;
  private final long seed;
  private final int height;
  private final int width;

  AugmentedDataset(Dataset source, Augmentation augmentation, long seed) {
    super(source);
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
  public void image(int index, float[] target, int offset) {
    rectangle(index, 0, 0, height, width, target, offset);
  }

  @Override
  public void rectangle(
      int index,
      long epoch,
      int row,
      int column,
      int height,
      int width,
      float[] target,
      int offset) {
    if (epoch != EpochImages.NONE) {
      super.rectangle(index, epoch, row, column, height, width, target, offset);
      return;
    }
    Rectangle inCrop = new Rectangle(row, column, height, width);
    inCrop.check(this);
    Rectangle inSource =
        inCrop.moved((source.height() - height()) / 2, (source.width() - width()) / 2);
    source.rectangle(index, inSource.row(), inSource.column(), height, width, target, offset);
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    Rng position = rng(epoch, index, POSITION);
    int top =
        position.nextInt(source.height() - height + 2 * augmentation.padding() + 1)
            - augmentation.padding();
    int left =
        position.nextInt(source.width() - width + 2 * augmentation.padding() + 1)
            - augmentation.padding();
    boolean flip = augmentation.flip() && rng(epoch, index, FLIP).nextBoolean();
    crop(index, epoch, top, left, flip, target, offset);
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
   * Copies the crop at row {@code top} and column {@code left}; only its pixels are read. Pixels
   * outside the image repeat the border.
   */
  private void crop(
      int index, long epoch, int top, int left, boolean flip, float[] target, int offset) {
    int firstRow = clamp(top, source.height());
    int firstColumn = clamp(left, source.width());
    int rows = clamp(top + height - 1, source.height()) - firstRow + 1;
    int columns = clamp(left + width - 1, source.width()) - firstColumn + 1;
    if (rows == height && columns == width && !flip) {
      source.rectangle(index, epoch, firstRow, firstColumn, rows, columns, target, offset);
      return;
    }
    int channels = channels();
    float[] inside = Checks.floats(1, rows, columns, channels);
    source.rectangle(index, epoch, firstRow, firstColumn, rows, columns, inside, 0);
    int next = offset;
    for (int y = 0; y < height; y++) {
      int row = clamp(top + y - firstRow, rows) * columns;
      for (int x = 0; x < width; x++) {
        int column = clamp(left + (flip ? width - 1 - x : x) - firstColumn, columns);
        System.arraycopy(inside, (row + column) * channels, target, next, channels);
        next += channels;
      }
    }
  }

  /** Returns the mean of every {@code stride}-th value. */
  private float mean(float[] target, int offset, int first, int stride) {
    int length = imageLength();
    double sum = 0;
    for (int i = first; i < length; i += stride) {
      sum += target[offset + i];
    }
    return (float) (sum / (length / stride));
  }

  private void scale(float factor, float fixed, float[] target, int offset, int first, int stride) {
    boolean clamped = unitRange();
    int end = offset + imageLength();
    for (int i = offset + first; i < end; i += stride) {
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
  public String toString() {
    return source + " with " + augmentation;
  }
}
