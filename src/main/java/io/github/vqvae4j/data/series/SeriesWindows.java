package io.github.vqvae4j.data.series;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.Counts;
import java.util.Arrays;
import java.util.List;

/** Windows of series as images of height 1. */
final class SeriesWindows implements Dataset {
  private final List<Series> series;
  private final int length;
  private final int hop;

  /** The index of the first window of each series, followed by the total number of windows. */
  private final int[] firstWindow;

  SeriesWindows(List<Series> series, int length, int hop) {
    this.series = List.copyOf(series);
    this.length = length;
    this.hop = hop;
    if (length < 1 || hop < 1) {
      throw new IllegalArgumentException(
          "got windows of "
              + length
              + " every "
              + hop
              + " samples, expected at least 1; correct the length or the hop");
    }
    firstWindow = new int[series.size() + 1];
    for (int i = 0; i < series.size(); i++) {
      Series current = series.get(i);
      checkSame(series.get(0), current);
      int count = current.length() < length ? 0 : (current.length() - length) / hop + 1;
      firstWindow[i + 1] = Math.addExact(firstWindow[i], count);
    }
    if (size() == 0) {
      throw new IllegalArgumentException(
          "got "
              + series.size()
              + " series of at most "
              + series.stream().mapToInt(Series::length).max().orElse(0)
              + " samples, expected one or more of at least "
              + length
              + "; choose shorter windows, or use longer series");
    }
  }

  private static void checkSame(Series first, Series other) {
    if (first.channels() != other.channels() || first.samplingRate() != other.samplingRate()) {
      throw new IllegalArgumentException(
          "got "
              + other
              + " together with "
              + first
              + ", expected equal channels and sampling rates; convert them, or create a data"
              + " set for each"
              + " kind");
    }
  }

  @Override
  public int size() {
    return firstWindow[firstWindow.length - 1];
  }

  @Override
  public boolean isThreadSafe() {
    return true;
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

  /** Returns false, because samples are unbounded. */
  @Override
  public boolean unitRange() {
    return false;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size());
    int position = Arrays.binarySearch(firstWindow, index);
    int i = position < 0 ? -position - 2 : position;
    // A series without windows has the same first window as the next one.
    while (firstWindow[i + 1] <= index) {
      i++;
    }
    series.get(i).copy((index - firstWindow[i]) * hop, length, target, offset);
  }

  /** Returns -1, because windows have no labels. */
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
