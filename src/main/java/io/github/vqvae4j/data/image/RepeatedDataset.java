package io.github.vqvae4j.data.image;

import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.Counts;

/** A view of several copies of another dataset. Each copy is in an epoch of its own. */
final class RepeatedDataset extends DatasetView {
  private final int times;
  private final int size;

  RepeatedDataset(Dataset source, int times) {
    super(source);
    if (times < 1 || (long) source.size() * times > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "got "
              + times
              + " repetitions of "
              + Counts.of(source.size(), "image")
              + ", expected at least 1, and at most "
              + Integer.MAX_VALUE
              + " images in total; choose another number of repetitions");
    }
    this.times = times;
    this.size = source.size() * times;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    source.image(inSource(index), target, offset);
  }

  @Override
  public void image(int index, long epoch, float[] target, int offset) {
    source.image(inSource(index), epochOf(index, epoch), target, offset);
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
    source.rectangle(
        inSource(index), epochOf(index, epoch), row, column, height, width, target, offset);
  }

  @Override
  public int label(int index) {
    return source.label(inSource(index));
  }

  private int inSource(int index) {
    Checks.index(index, size);
    return index % source.size();
  }

  /** Returns the epoch of the copy that contains an image, so that the copies vary. */
  private long epochOf(int index, long epoch) {
    return epoch == EpochImages.NONE ? epoch : epoch * times + index / source.size();
  }

  @Override
  public String toString() {
    return source + ", repeated " + Counts.of(times, "time");
  }
}
