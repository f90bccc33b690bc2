package io.github.vqvae4j.data.series;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.internal.Checks;
import io.github.vqvae4j.io.Counts;

/**
 * A series split into overlapping windows, whose model outputs can be merged: reconstructions,
 * anomaly scores or codes.
 *
 * <pre>{@code
 * SeriesTiles tiles = SeriesTiles.of(series, 1_024, 128);
 * Series reconstruction = tiles.join(model.reconstruct(tiles));
 * }</pre>
 *
 * <p>Outputs near the ends of a window lack context. Therefore windows overlap: each starts {@code
 * length - 2 * margin} samples after the previous one, except that the last one ends with the
 * series; and outputs less than {@code margin} samples from the ends of a window are discarded,
 * except at the two ends of the series. For a convolutional model the result equals that for the
 * whole series in one window if the margin is at least half the receptive field.
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
              + ", expected a margin of at least 0 and less than half a window; choose longer"
              + " windows or a smaller margin");
    }
    if (series.length() < length) {
      throw new IllegalArgumentException(
          "got "
              + series
              + ", expected at least the "
              + length
              + " samples of a window; choose shorter windows");
    }
    this.series = series;
    this.length = length;
    this.margin = margin;
    int hop = length - 2 * margin;
    size = 1 + (series.length() - length + hop - 1) / hop;
  }

  /**
   * Creates the windows of a series.
   *
   * @param series the series, at least as long as a window
   * @param length the number of samples in a window
   * @param margin the number of samples at each end of a window whose outputs are discarded
   * @return the windows
   * @throws IllegalArgumentException if the margin is negative or at least half a window, or the
   *     series is shorter than a window
   */
  public static SeriesTiles of(Series series, int length, int margin) {
    return new SeriesTiles(series, length, margin);
  }

  /**
   * Returns the number of samples at each end of a window whose outputs are discarded, except at
   * the two ends of the series.
   *
   * @return the margin, at least 0
   */
  public int margin() {
    return margin;
  }

  /**
   * Merges a model's outputs for the windows, such as reconstructions or error maps.
   *
   * @param windows one output for each window, of the same length and any number of channels
   * @return a series of the length and sampling rate of the original series
   * @throws IllegalArgumentException if the number, height or length of the outputs differs from
   *     that of the windows
   */
  public Series join(Images windows) {
    if (windows.size() != size || windows.height() != 1 || windows.width() != length) {
      throw new IllegalArgumentException(
          "got "
              + windows
              + ", expected "
              + Checks.shape(size, 1, length, windows.channels())
              + ", one output for each window; pass the model's outputs for all windows");
    }
    int channels = windows.channels();
    float[] samples = new float[Checks.length(1, 1, series.length(), channels)];
    float[] window = new float[length * channels];
    for (int i = 0; i < size; i++) {
      windows.image(i, window, 0);
      int keptStart = keptStart(i);
      int count = keptEnd(i) - keptStart;
      int start = start(i);
      System.arraycopy(
          window, (keptStart - start) * channels, samples, keptStart * channels, count * channels);
    }
    return Series.of(samples, channels, series.samplingRate());
  }

  /**
   * Merges the codes of the windows into the codes of the whole series.
   *
   * @param codes the codes of the windows, [windows, 1, codes per window]
   * @return the codes of the series: the number of its samples divided by the number of samples per
   *     code
   * @throws IllegalArgumentException if the number of codes is not the same for each window, or the
   *     number of samples per code does not divide the length of the windows, their margin and the
   *     length of the series
   */
  public int[] join(int... codes) {
    int codesPerWindow = codes.length / size;
    int samplesPerCode = codesPerWindow == 0 ? 0 : length / codesPerWindow;
    if (samplesPerCode == 0
        || codesPerWindow * size != codes.length
        || codesPerWindow * samplesPerCode != length
        || margin % samplesPerCode != 0
        || series.length() % samplesPerCode != 0) {
      throw new IllegalArgumentException(
          "got "
              + codes.length
              + " codes for "
              + this
              + ", expected the same number for each window, and a number of samples per code that"
              + " divides the lengths of a window, its margin and the series; change the margin,"
              + " shorten the series with range, or pass the codes of all windows");
    }
    int[] all = new int[series.length() / samplesPerCode];
    for (int i = 0; i < size; i++) {
      int keptStart = keptStart(i) / samplesPerCode;
      int count = keptEnd(i) / samplesPerCode - keptStart;
      System.arraycopy(
          codes, i * codesPerWindow + keptStart - start(i) / samplesPerCode, all, keptStart, count);
    }
    return all;
  }

  /** Returns the first sample of a window. */
  private int start(int window) {
    return window == size - 1 ? series.length() - length : window * (length - 2 * margin);
  }

  /** Returns the first sample of the series for which the output of a window is kept. */
  private int keptStart(int window) {
    return window == 0 ? 0 : window * (length - 2 * margin) + margin;
  }

  /** Returns the end of the samples for which the output of a window is kept. */
  private int keptEnd(int window) {
    return window == size - 1 ? series.length() : keptStart(window + 1);
  }

  @Override
  public int size() {
    return size;
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
    return series.channels();
  }

  /** Returns false, because samples are unbounded. */
  @Override
  public boolean unitRange() {
    return false;
  }

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size);
    series.copy(start(index), length, target, offset);
  }

  /** Returns -1, because windows have no labels. */
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
