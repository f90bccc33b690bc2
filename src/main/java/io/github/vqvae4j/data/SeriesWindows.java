package io.github.vqvae4j.data;

import io.github.vqvae4j.io.Counts;
import java.util.Arrays;
import java.util.List;

/** Windows of series, each an image of height 1. */
final class SeriesWindows implements Dataset {
  private final List<Series> series;
  private final int length;
  private final int hop;

  /** Of each series the number of its first window, and last the number of all. */
  private final int[] first;

  SeriesWindows(List<Series> series, int length, int hop) {
    this.series = List.copyOf(series);
    this.length = length;
    this.hop = hop;
    if (length < 1 || hop < 1) {
      throw new IllegalArgumentException(
          "got windows of " + length + " every " + hop + " samples, expected 1 or more; give more");
    }
    first = new int[series.size() + 1];
    for (int i = 0; i < series.size(); i++) {
      Series one = series.get(i);
      checkSame(series.get(0), one);
      int count = one.time() < length ? 0 : (one.time() - length) / hop + 1;
      first[i + 1] = Math.addExact(first[i], count);
    }
    if (size() == 0) {
      throw new IllegalArgumentException(
          "got "
              + series.size()
              + " series of at most "
              + series.stream().mapToInt(Series::time).max().orElse(0)
              + " samples, expected one or more of at least "
              + length
              + "; make the windows shorter, or give longer series");
    }
  }

  private static void checkSame(Series first, Series other) {
    if (first.channels() != other.channels() || first.rate() != other.rate()) {
      throw new IllegalArgumentException(
          "got "
              + other
              + " beside "
              + first
              + ", expected equal channels and rates; convert them, or make a data set of each kind");
    }
  }

  @Override
  public int size() {
    return first[first.length - 1];
  }

  @Override
  public int height() {
    return 1;
  }

  @Override
  public int width() {
    return length;
  }

  @Override
  public int channels() {
    return series.get(0).channels();
  }

  /** Samples have no bounds: false. */
  @Override
  public boolean unitRange() {
    return false;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size());
    int found = Arrays.binarySearch(first, index);
    int which = found < 0 ? -found - 2 : found;
    // Series without windows begin where the next one does.
    while (first[which + 1] <= index) {
      which++;
    }
    series.get(which).copy((index - first[which]) * hop, length, target, offset);
  }

  /** Windows have no labels: -1. */
  @Override
  public int label(int index) {
    Checks.index(index, size());
    return -1;
  }

  @Override
  public String toString() {
    return Counts.of(size(), "window")
        + " [1, "
        + length
        + ", "
        + channels()
        + "] every "
        + Counts.of(hop, "sample");
  }
}
