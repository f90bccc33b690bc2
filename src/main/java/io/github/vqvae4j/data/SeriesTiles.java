package io.github.vqvae4j.data;

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
 * {@code length - 2 margin} samples after the one before, and of what a model made of a window only
 * that is kept which lies at least {@code margin} samples from its ends; the first window's begin
 * is kept too. For a convolutional model this gives what the whole series in one window would, if
 * the margin is no less than half the samples that one result depends on. The last window reaches
 * past the end of the series, where the series is continued backwards, as in a mirror; of what a
 * model makes of that, nothing is kept, but the last samples before it do depend on it.
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
    this.series = series;
    this.length = length;
    this.margin = margin;
    int hop = length - 2 * margin;
    size = series.time() <= length ? 1 : 1 + (series.time() - length + hop - 1) / hop;
  }

  /**
   * Cuts a series up.
   *
   * @param series of any length
   * @param length samples in a window; for codes, a multiple of the samples that one stands for
   * @param margin samples at each end of a window of which nothing is kept, likewise
   * @return the windows
   * @throws IllegalArgumentException if the margin is negative or half a window or more
   */
  public static SeriesTiles of(Series series, int length, int margin) {
    return new SeriesTiles(series, length, margin);
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
    float[] samples = new float[series.time() * channels];
    float[] window = new float[length * channels];
    for (int i = 0; i < size; i++) {
      windows.image(i, window, 0);
      int from = keptFrom(i);
      int count = keptTo(i) - from;
      int start = i * (length - 2 * margin);
      System.arraycopy(
          window, (from - start) * channels, samples, from * channels, count * channels);
    }
    return Series.of(samples, channels, series.rate());
  }

  /**
   * Puts the codes of the windows together: one after another for the whole series.
   *
   * @param codes the values of a model's codes of these windows, [windows, 1, codes of a window]
   * @return as many as the series has samples, divided by the samples that a code stands for and
   *     rounded up
   * @throws IllegalArgumentException if the windows do not have equally many, or a code stands for
   *     so many samples that the margin is no multiple of them
   */
  public int[] join(int... codes) {
    int each = codes.length / size;
    int samples = each == 0 ? 0 : length / each;
    if (samples == 0
        || each * size != codes.length
        || each * samples != length
        || margin % samples != 0) {
      throw new IllegalArgumentException(
          "got "
              + codes.length
              + " codes for "
              + this
              + ", expected equally many for each window, each for so many samples that they divide"
              + " a window and its margin; change the margin, or give the codes of all windows");
    }
    int[] all = new int[(series.time() + samples - 1) / samples];
    for (int i = 0; i < size; i++) {
      int from = keptFrom(i) / samples;
      int to = i == size - 1 ? all.length : keptTo(i) / samples;
      int start = i * (length - 2 * margin) / samples;
      System.arraycopy(codes, i * each + from - start, all, from, to - from);
    }
    return all;
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

  @Override
  public void image(int index, float[] target, int offset) {
    Checks.index(index, size);
    int channels = series.channels();
    int start = index * (length - 2 * margin);
    int inside = Math.min(length, series.time() - start);
    series.copy(start, inside, target, offset);
    for (int t = inside; t < length; t++) {
      series.copy(mirrored(start + t), 1, target, offset + t * channels);
    }
  }

  /** The time within the series that stands for one past its end: .. 2 1 0 1 2 .. for 3 samples. */
  private int mirrored(int time) {
    int last = series.time() - 1;
    int folded = last == 0 ? 0 : time % (2 * last);
    return Math.min(folded, 2 * last - folded);
  }

  /** Windows have no labels: -1. */
  @Override
  public int label(int index) {
    Checks.index(index, size);
    return -1;
  }

  @Override
  public String toString() {
    return size
        + " windows [1, "
        + length
        + ", "
        + channels()
        + "] with margins of "
        + margin
        + " over "
        + series;
  }
}
