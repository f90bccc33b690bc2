package io.github.vqvae4j.data;

import java.util.Arrays;
import java.util.List;

/**
 * A series of samples in one or more channels, such as a sound or a table of measurements, as an
 * immutable value on the heap: [time, channels], in whatever unit they came.
 *
 * <p>A model trains on windows of it, which are images of height 1: [1, time, channels].
 *
 * <pre>{@code
 * Dataset windows = Series.windows(WavFiles.in(Path.of("birds")), 4_096, 2_048);
 * }</pre>
 *
 * <p>{@link ChannelScale} brings channels of different units to one scale; {@link SeriesTiles}
 * takes a series of any length through a model.
 */
public final class Series {
  private final float[] samples;
  private final int channels;
  private final double rate;

  /** Takes the array as its own. */
  private Series(float[] samples, int channels, double rate) {
    if (channels < 1 || samples.length < channels || samples.length % channels != 0) {
      throw new IllegalArgumentException(
          "got "
              + samples.length
              + " samples in "
              + channels
              + " channels, expected 1 channel or more and as many samples in each, 1 or more;"
              + " correct the channels or the array");
    }
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "got a rate of " + rate + ", expected samples in a second, or 0 if that is not known");
    }
    this.samples = samples;
    this.channels = channels;
    this.rate = rate;
    Checks.finite(samples, 0, 1, samples.length / channels, channels, "the series");
  }

  /**
   * A series from an array.
   *
   * @param samples [time, channels], row-major; copied
   * @param channels 1 or more
   * @param rate how many samples there are in a second, 0 if that is not known
   * @return the series
   * @throws IllegalArgumentException if the channels do not divide the samples, there are none, the
   *     rate is negative, or a sample is NaN or infinite
   */
  public static Series of(float[] samples, int channels, double rate) {
    return new Series(samples.clone(), channels, rate);
  }

  /** A series whose samples are this array, not a copy of it. */
  static Series owning(float[] samples, int channels, double rate) {
    return new Series(samples, channels, rate);
  }

  /**
   * Windows of several series as a data set of images [1, length, channels] without labels: in each
   * series from its first sample on, what is left at its end is not used. No samples are copied.
   *
   * @param series of equal channels and rate
   * @param length samples in a window
   * @param hop samples from the beginning of one to that of the next; less than {@code length}
   *     makes them overlap
   * @return the windows, series by series
   * @throws IllegalArgumentException if channels or rates differ, a number is below 1, or no series
   *     is as long as a window
   */
  public static Dataset windows(List<Series> series, int length, int hop) {
    return new SeriesWindows(series, length, hop);
  }

  /**
   * The number of samples in each channel.
   *
   * @return 1 or more
   */
  public int time() {
    return samples.length / channels;
  }

  /**
   * The channels.
   *
   * @return their number, 1 or more
   */
  public int channels() {
    return channels;
  }

  /**
   * How fast the samples follow each other.
   *
   * @return samples in a second, 0 if that is not known
   */
  public double rate() {
    return rate;
  }

  /**
   * The samples.
   *
   * @return a copy, [time, channels], row-major
   */
  public float[] samples() {
    return samples.clone();
  }

  /**
   * A part of the series.
   *
   * @param from the first time
   * @param to one past the last
   * @return a copy of the samples between, at the same rate
   * @throws IllegalArgumentException if not {@code 0 <= from < to <= time()}
   */
  public Series range(int from, int to) {
    if (from < 0 || to <= from || to > time()) {
      throw new IllegalArgumentException(
          "got a range from "
              + from
              + " to "
              + to
              + ", expected 0 <= from < to <= "
              + time()
              + ", the samples in each channel; correct the range");
    }
    return new Series(Arrays.copyOfRange(samples, from * channels, to * channels), channels, rate);
  }

  /** Copies {@code length} samples of each channel, from time {@code from} on. */
  void copy(int from, int length, float[] target, int offset) {
    System.arraycopy(samples, from * channels, target, offset, length * channels);
  }

  /** Shape and rate: {@code Series[441000, 2] at 44100.0 a second}. */
  @Override
  public String toString() {
    return "Series["
        + time()
        + ", "
        + channels
        + "]"
        + (rate == 0 ? "" : " at " + rate + " a second");
  }
}
