package io.github.vqvae4j.data.series;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.internal.Checks;
import java.util.Arrays;
import java.util.List;

/**
 * A time series of samples in one or more channels, such as audio or a table of measurements,
 * immutable and on the heap: [time, channels], in arbitrary units.
 *
 * <p>Models are trained on windows of a series, which are images of height 1: [1, time, channels].
 *
 * <pre>{@code
 * Dataset windows = Series.windows(WavFiles.in(Path.of("birds")), 4_096, 2_048);
 * }</pre>
 *
 * <p>{@link ChannelScale} standardizes channels of different units; {@link SeriesTiles} applies a
 * model to a series of any length.
 */
public final class Series {
  private final float[] samples;
  private final int channels;
  private final double rate;

  /** Takes ownership of the array. */
  private Series(float[] samples, int channels, double rate) {
    if (channels < 1 || samples.length < channels || samples.length % channels != 0) {
      throw new IllegalArgumentException(
          "got "
              + samples.length
              + " samples in "
              + channels
              + " channels, expected at least 1 channel and the same number of samples in each, at"
              + " least 1; correct the channels or the array");
    }
    if (!(rate >= 0 && rate < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "got a sampling rate of "
              + rate
              + ", expected the number of samples per second, or 0 if unknown; correct it");
    }
    this.samples = samples;
    this.channels = channels;
    this.rate = rate;
    Checks.finite(samples, 0, 1, samples.length / channels, channels, "the series");
  }

  /**
   * Creates a series from an array.
   *
   * @param samples the samples, [time, channels], row-major; copied
   * @param channels the number of channels, at least 1
   * @param rate the sampling rate in Hz, 0 if unknown
   * @return the series
   * @throws IllegalArgumentException if the number of samples is 0 or not a multiple of the number
   *     of channels, the sampling rate is negative, or a sample is NaN or infinite
   */
  public static Series of(float[] samples, int channels, double rate) {
    return new Series(samples.clone(), channels, rate);
  }

  /** Creates a series that takes ownership of the array. */
  static Series owning(float[] samples, int channels, double rate) {
    return new Series(samples, channels, rate);
  }

  /**
   * Returns windows of several series as a dataset of images [1, length, channels] without labels.
   * In each series, windows start at the first sample; the incomplete window at its end is dropped.
   * No samples are copied.
   *
   * @param series the series, with the same number of channels and sampling rate
   * @param length the number of samples in a window
   * @param hop the number of samples from the start of one window to the start of the next; windows
   *     overlap if it is less than {@code length}
   * @return the windows, series by series
   * @throws IllegalArgumentException if the numbers of channels or the sampling rates differ,
   *     {@code length} or {@code hop} is below 1, or all series are shorter than a window
   */
  public static Dataset windows(List<Series> series, int length, int hop) {
    return new SeriesWindows(series, length, hop);
  }

  /**
   * Returns the number of samples in each channel.
   *
   * @return the number of samples, at least 1
   */
  public int length() {
    return samples.length / channels;
  }

  /**
   * Returns the number of channels.
   *
   * @return the number of channels, at least 1
   */
  public int channels() {
    return channels;
  }

  /**
   * Returns the sampling rate.
   *
   * @return the number of samples per second, 0 if unknown
   */
  public double samplingRate() {
    return rate;
  }

  /**
   * Returns a copy of the samples.
   *
   * @return the samples, [time, channels], row-major
   */
  public float[] samples() {
    return samples.clone();
  }

  /**
   * Returns a copy of a range of samples.
   *
   * @param from the index of the first sample
   * @param to the index after the last sample
   * @return the range, with the same sampling rate
   * @throws IllegalArgumentException unless {@code 0 <= from < to <= length()}
   */
  public Series range(int from, int to) {
    if (from < 0 || to <= from || to > length()) {
      throw new IllegalArgumentException(
          "got a range from "
              + from
              + " to "
              + to
              + ", expected 0 <= from < to <= "
              + length()
              + ", the number of samples in each channel; correct the range");
    }
    return new Series(Arrays.copyOfRange(samples, from * channels, to * channels), channels, rate);
  }

  /** Copies {@code length} samples of each channel, starting at sample {@code from}. */
  void copy(int from, int length, float[] target, int offset) {
    System.arraycopy(samples, from * channels, target, offset, length * channels);
  }

  /** Returns the shape and the sampling rate: {@code Series[441000, 2] at 44100.0 Hz}. */
  @Override
  public String toString() {
    return "Series[" + length() + ", " + channels + "]" + (rate == 0 ? "" : " at " + rate + " Hz");
  }
}
