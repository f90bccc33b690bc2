package io.github.vqvae4j.data.series;

import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.io.MessageText;
import io.github.vqvae4j.io.RecordFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Mean and standard deviation of each channel of a series, used to standardize channels of
 * different units: {@code (x - mean) / std}, and the inverse. Compute them from the training data
 * and save them with the model, because later inputs must be scaled with the same values.
 *
 * <pre>{@code
 * ChannelScale scale = ChannelScale.of(List.of(series));
 * Dataset windows = Series.windows(List.of(scale.apply(series)), 512, 128);
 * }</pre>
 *
 * @param means the mean of each channel, in its unit
 * @param standardDeviations the standard deviation of each channel, in its unit, above 0
 */
// The record's simple name is the name of its files' format: it must not change.
public record ChannelScale(List<Double> means, List<Double> standardDeviations) {
  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if the lists are empty or differ in length, a value is not
   *     finite, or a deviation is not above 0
   */
  public ChannelScale {
    means = List.copyOf(means);
    standardDeviations = List.copyOf(standardDeviations);
    if (means.isEmpty()
        || means.size() != standardDeviations.size()
        || !means.stream().allMatch(Double::isFinite)
        || !standardDeviations.stream().allMatch(d -> Double.isFinite(d) && d > 0)) {
      throw new IllegalArgumentException(
          "got the means "
              + MessageText.excerpt(means.toString())
              + " and the standard deviations "
              + MessageText.excerpt(standardDeviations.toString())
              + ", "
              + means.size()
              + " and "
              + standardDeviations.size()
              + " values, expected two lists of the same length, at least 1, all values finite and"
              + " each deviation above 0; correct them, or compute them with ChannelScale.of");
    }
  }

  /**
   * Computes the mean and population standard deviation of each channel over all samples of the
   * given series. The standard deviation of a constant channel is set to 1, so that the channel is
   * only shifted.
   *
   * @param series one or more series with the same number of channels
   * @return the scale
   * @throws IllegalArgumentException if there are no series, or their numbers of channels differ
   */
  public static ChannelScale of(List<Series> series) {
    if (series.isEmpty()) {
      throw new IllegalArgumentException("got no series, expected one or more; pass at least one");
    }
    int channels = series.get(0).channels();
    double[] means = new double[channels];
    double[] squares = new double[channels];
    long count = 0;
    for (Series part : series) {
      checkChannels(part, channels);
      float[] samples = part.samples();
      for (int i = 0; i < samples.length; i++) {
        int channel = i % channels;
        // Welford's update (1962) avoids the difference of large sums.
        count += channel == 0 ? 1 : 0;
        double before = samples[i] - means[channel];
        means[channel] += before / count;
        squares[channel] += before * (samples[i] - means[channel]);
      }
    }
    List<Double> meanList = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      double deviation = Math.sqrt(squares[channel] / count);
      meanList.add(means[channel]);
      deviations.add(deviation > 0 ? deviation : 1);
    }
    return new ChannelScale(meanList, deviations);
  }

  /**
   * Standardizes a series.
   *
   * @param series a series with the same number of channels
   * @return the series of (x - mean) / std, with the same sampling rate
   * @throws IllegalArgumentException if the number of channels differs
   */
  public Series apply(Series series) {
    checkChannels(series, means.size());
    float[] samples = series.samples();
    for (int i = 0; i < samples.length; i++) {
      int channel = i % means.size();
      samples[i] = (float) ((samples[i] - means.get(channel)) / standardDeviations.get(channel));
    }
    return Series.of(samples, means.size(), series.samplingRate());
  }

  /**
   * Inverts {@link #apply}, up to rounding: converts a model's output for a scaled series to the
   * original units of the channels.
   *
   * @param scaled a series with the same number of channels
   * @return the series of mean + std x, with the same sampling rate
   * @throws IllegalArgumentException if the number of channels differs
   */
  public Series invert(Series scaled) {
    checkChannels(scaled, means.size());
    float[] samples = scaled.samples();
    for (int i = 0; i < samples.length; i++) {
      int channel = i % means.size();
      samples[i] = (float) (means.get(channel) + standardDeviations.get(channel) * samples[i]);
    }
    return Series.of(samples, means.size(), scaled.samplingRate());
  }

  private static void checkChannels(Series series, int channels) {
    if (series.channels() != channels) {
      throw new IllegalArgumentException(
          "got "
              + series
              + ", expected "
              + Counts.of(channels, "channel")
              + " as in the series that the scale was computed from; select the same channels");
    }
  }

  /**
   * Writes the scale to a JSON file.
   *
   * @param file the file; an existing one is replaced once the new one is complete
   * @throws IOException if the file cannot be written
   */
  public void save(Path file) throws IOException {
    RecordFile.write(file, this);
  }

  /**
   * Reads a scale written by {@link #save}.
   *
   * @param file the file
   * @return the scale
   * @throws NoSuchFileException if the file does not exist
   * @throws BadFileException if the file is of a different kind or corrupt
   * @throws IOException if the file cannot be read
   */
  public static ChannelScale load(Path file) throws IOException {
    return RecordFile.read(file, ChannelScale.class, "ChannelScale.save");
  }
}
