package io.github.vqvae4j.data;

import io.github.vqvae4j.io.Counts;

/**
 * A whole series cut into windows of one length, and what a model made of them put together again:
 * its reconstruction, a score for each time, its codes.
 *
 * <pre>{@code
 * SeriesTiles tiles = SeriesTiles.of(series, 1_024, 128);
 * Series reconstruction = tiles.join(model.reconstruct(tiles));
 * }</pre>
 *
 * <p>Near its ends a window knows nothing of what is beyond them. So windows overlap: each begins
 * {@code length - 2 margin} samples after the one before, the last one so that it ends with the
 * series; and of what a model made of a window only that is kept which lies at least {@code margin}
 * samples from its ends, but for the two ends of the series. For a convolutional model this gives
 * what the whole series in one window would, if the margin is no less than half the samples that
 * one result depends on.
 */
public final class SeriesTiles implements Dataset {
  private final Series series;
  private final int length;
  private final int margin;
  private final int size;

  private SeriesTiles(Series series, int length, int margin) {
    if (margin < 0 || length < 1 || 2L * margin >= length) {
      throw new IllegalArgumentException(
          "got windows of "
              + length
              + " samples with a margin of "
              + margin
              + ", expected a margin of 0 or more and of less than half a window; make the windows"
              + " longer");
    }
    if (series.time() < length) {
      throw new IllegalArgumentException(
          "got "
              + series
              + ", expected at least the "
              + length
              + " samples of a window; make the windows shorter");
    }
    this.series = series;
    this.length = length;
    this.margin = margin;
    int hop = length - 2 * margin;
    size = 1 + (series.time() - length + hop - 1) / hop;
  }

  /**
   * Cuts a series up.
   *
   * @param series at least as long as a window
   * @param length samples in a window
   * @param margin samples at each end of a window of which nothing is kept
   * @return the windows
   * @throws IllegalArgumentException if the margin is negative or half a window or more, or the
   *     series is shorter than a window
   */
  public static SeriesTiles of(Series series, int length, int margin) {
    return new SeriesTiles(series, length, margin);
  }

  /**
   * How many samples at each end of a window are left out when windows are put together, except at
   * the two ends of the series.
   *
   * @return 0 or more
   */
  public int margin() {
    return margin;
  }

  /**
   * Puts together what a model made of the windows.
   *
   * @param windows as many as there are, of their length, of any channels: a reconstruction, or a
   *     map of errors
   * @return a series as long as this one, at the same rate
   * @throws IllegalArgumentException if they are not such windows
   */
  public Series join(Images windows) {
    if (windows.size() != size || windows.height() != 1 || windows.width() != length) {
      throw new IllegalArgumentException(
          "got "
              + windows
              + ", expected "
              + Checks.shape(size, 1, length, windows.channels())
              + ", one for each window; give what a model made of all of them");
    }
    int channels = windows.channels();
    float[] samples = new float[Checks.length(1, 1, series.time(), channels)];
    float[] window = new float[length * channels];
    for (int i = 0; i < size; i++) {
      windows.image(i, window, 0);
      int from = keptFrom(i);
      int count = keptTo(i) - from;
      int start = start(i);
      System.arraycopy(
          window, (from - start) * channels, samples, from * channels, count * channels);
    }
    return Series.of(samples, channels, series.rate());
  }

  /**
   * Puts the codes of the windows together: one after another for the whole series.
   *
   * @param codes the values of a model's codes of these windows, [windows, 1, codes of a window]
   * @return as many as the series has samples, divided by the samples that a code stands for
   * @throws IllegalArgumentException if the windows do not have equally many, or the samples that
   *     one stands for do not divide the length of the windows, their margin, and the length of the
   *     series
   */
  public int[] join(int... codes) {
    int each = codes.length / size;
    int samples = each == 0 ? 0 : length / each;
    if (samples == 0
        || each * size != codes.length
        || each * samples != length
        || margin % samples != 0
        || series.time() % samples != 0) {
      throw new IllegalArgumentException(
          "got "
              + codes.length
              + " codes for "
              + this
              + ", expected equally many for each window, each for so many samples that they divide"
              + " a window, its margin and the series; change the margin, cut the series with"
              + " range, or give the codes of all windows");
    }
    int[] all = new int[series.time() / samples];
    for (int i = 0; i < size; i++) {
      int from = keptFrom(i) / samples;
      int count = keptTo(i) / samples - from;
      System.arraycopy(codes, i * each + from - start(i) / samples, all, from, count);
    }
    return all;
  }

  /** The time at which a window begins. */
  private int start(int window) {
    return window == size - 1 ? series.time() - length : window * (length - 2 * margin);
  }

  /** The first time of the series that a window is kept for. */
  private int keptFrom(int window) {
    return window == 0 ? 0 : window * (length - 2 * margin) + margin;
  }

  /** One past the last. */
  private int keptTo(int window) {
    return window == size - 1 ? series.time() : keptFrom(window + 1);
  }

  @Override
  public int size() {
    return size;
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
    return series.channels();
  }

  /** Samples have no bounds: false. */
  @Override
  public boolean unitRange() {
    return false;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size);
    series.copy(start(index), length, target, offset);
  }

  /** Windows have no labels: -1. */
  @Override
  public int label(int index) {
    Checks.index(index, size);
    return -1;
  }

  @Override
  public String toString() {
    return Counts.of(size, "window")
        + " [1, "
        + length
        + ", "
        + channels()
        + "] with margins of "
        + margin
        + " over "
        + series;
  }
}
