package io.github.vqvae4j.data;

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
 * Mean and standard deviation of each channel of a series, by which channels of different units
 * come to one scale: {@code (x - mean) / deviation}, and back. Take them from what is trained on
 * and keep them beside the model: what it sees later must be scaled by the same numbers.
 *
 * <pre>{@code
 * ChannelScale scale = ChannelScale.of(List.of(train));
 * Dataset windows = Series.windows(List.of(scale.apply(train)), 512, 128);
 * }</pre>
 *
 * @param means of each channel, in its unit
 * @param standardDeviations of each channel, in its unit, above 0
 */
public record ChannelScale(List<Double> means, List<Double> standardDeviations) {
  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if there are not as many of both, none, or one is not finite
   *     or a deviation not above 0
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
              + MessageText.shown(means.toString())
              + " and the standard deviations "
              + MessageText.shown(standardDeviations.toString())
              + ", "
              + means.size()
              + " and "
              + standardDeviations.size()
              + " of them, expected as many of both, 1 or more, all finite and each deviation above 0;"
              + " correct them, or take them from a series with ChannelScale.of");
    }
  }

  /**
   * Mean and population standard deviation of each channel over all samples of some series. A
   * channel that never changes gets the deviation 1, so that scaling only shifts it.
   *
   * @param series one or more, of equal channels
   * @return their scale
   * @throws IllegalArgumentException if there are none, or their channels differ
   */
  public static ChannelScale of(List<Series> series) {
    if (series.isEmpty()) {
      throw new IllegalArgumentException("got no series, expected one or more; give some");
    }
    int channels = series.get(0).channels();
    double[] means = new double[channels];
    double[] squares = new double[channels];
    long count = 0;
    for (Series one : series) {
      checkChannels(one, channels);
      float[] samples = one.samples();
      for (int i = 0; i < samples.length; i++) {
        int channel = i % channels;
        // Welford's update (1962): no difference of large sums.
        count += channel == 0 ? 1 : 0;
        double before = samples[i] - means[channel];
        means[channel] += before / count;
        squares[channel] += before * (samples[i] - means[channel]);
      }
    }
    List<Double> allMeans = new ArrayList<>();
    List<Double> deviations = new ArrayList<>();
    for (int channel = 0; channel < channels; channel++) {
      double deviation = Math.sqrt(squares[channel] / count);
      allMeans.add(means[channel]);
      deviations.add(deviation > 0 ? deviation : 1);
    }
    return new ChannelScale(allMeans, deviations);
  }

  /**
   * Scales a series.
   *
   * @param series of as many channels
   * @return its samples as (x - mean) / deviation, at the same rate
   * @throws IllegalArgumentException if it has other channels
   */
  public Series apply(Series series) {
    checkChannels(series, means.size());
    float[] samples = series.samples();
    for (int i = 0; i < samples.length; i++) {
      int channel = i % means.size();
      samples[i] = (float) ((samples[i] - means.get(channel)) / standardDeviations.get(channel));
    }
    return Series.of(samples, means.size(), series.rate());
  }

  /**
   * Undoes {@link #apply}, but for rounding: what a model made of a scaled series comes back to the
   * channels' own units.
   *
   * @param scaled of as many channels
   * @return its samples as mean + deviation x, at the same rate
   * @throws IllegalArgumentException if it has other channels
   */
  public Series invert(Series scaled) {
    checkChannels(scaled, means.size());
    float[] samples = scaled.samples();
    for (int i = 0; i < samples.length; i++) {
      int channel = i % means.size();
      samples[i] = (float) (means.get(channel) + standardDeviations.get(channel) * samples[i]);
    }
    return Series.of(samples, means.size(), scaled.rate());
  }

  private static void checkChannels(Series series, int channels) {
    if (series.channels() != channels) {
      throw new IllegalArgumentException(
          "got "
              + series
              + ", expected "
              + Counts.of(channels, "channel")
              + " as in the series that the scale is of; choose the same channels");
    }
  }

  /**
   * Writes the numbers to a file.
   *
   * @param file JSON; an existing one is replaced once the new one is complete
   * @throws IOException if it cannot be written
   */
  public void save(Path file) throws IOException {
    RecordFile.write(file, this);
  }

  /**
   * Reads what {@link #save} wrote.
   *
   * @param file the file
   * @return the same numbers
   * @throws NoSuchFileException if there is no such file
   * @throws BadFileException if it is not such a file, or damaged
   * @throws IOException if it cannot be read
   */
  public static ChannelScale load(Path file) throws IOException {
    return RecordFile.read(file, ChannelScale.class, "ChannelScale.save");
  }
}
