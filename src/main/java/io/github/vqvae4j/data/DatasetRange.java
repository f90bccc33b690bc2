package io.github.vqvae4j.data;

/** A part of another data set. */
final class DatasetRange implements Dataset {
  private final Dataset whole;
  private final int from;
  private final int size;

  DatasetRange(Dataset whole, int from, int to) {
    if (from < 0 || from > to || to > whole.size()) {
      throw new IllegalArgumentException(
          "got the range from "
              + from
              + " to "
              + to
              + ", expected 0 <= from <= to <= "
              + whole.size()
              + ", the number of images; correct the range");
    }
    this.whole = whole;
    this.from = from;
    this.size = to - from;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public int height() {
    return whole.height();
  }

  @Override
  public int width() {
    return whole.width();
  }

  @Override
  public int channels() {
    return whole.channels();
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size);
    whole.image(from + index, target, offset);
  }

  @Override
  public int label(int index) {
    Checks.index(index, size);
    return whole.label(from + index);
  }

  @Override
  public String toString() {
    return "images " + from + " to " + (from + size) + " of " + whole;
  }
}
