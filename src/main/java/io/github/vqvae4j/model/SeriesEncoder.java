package io.github.vqvae4j.model;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.nn.Conv1d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The encoder for windows of a series, {@link ConvEncoder} in one dimension: windows [b, 1, time,
 * channels], as {@code Series.windows} gives them, to vectors [b, 1, time/2^n, D].
 *
 * <p>n convolutions of kernel 4 and stride 2 along time, the first to half the hidden channels, the
 * others to all; a convolution of kernel 3; rectified linear units after each; a {@link
 * ResidualStack}; a convolution of kernel 1 to D.
 *
 * <pre>{@code
 * SeriesEncoder.channels(4).hidden(64).downsample(3)
 * }</pre>
 */
public final class SeriesEncoder extends DownsamplingEncoder {
  private final SeriesEncoderConfig config;

  /**
   * An encoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its result
   * @param rng where the weights are drawn from
   */
  public SeriesEncoder(SeriesEncoderConfig config, int dimension, Rng rng) {
    super(Conv1d::new, config, config.downsample(), dimension, rng);
    this.config = config;
  }

  /**
   * Settings for series of so many channels.
   *
   * @param channels 1 for a sound in mono, as many as there are columns for a table
   * @return the settings, to be changed or built
   */
  public static SeriesEncoderConfig channels(int channels) {
    return SeriesEncoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected Tensor compute(Tensor windows) {
    check(windows.shape());
    Tensor sequences = windows.reshape(windows.size(0), windows.size(2), windows.size(3));
    Tensor vectors = encode(sequences);
    return vectors.reshape(vectors.size(0), 1, vectors.size(1), vectors.size(2));
  }

  private void check(long... shape) {
    int channels = config.channels();
    if (shape.length != 4 || shape[1] != 1 || shape[3] != channels) {
      throw new IllegalArgumentException(
          "SeriesEncoder: expected windows of a series [batch, 1, time, "
              + channels
              + "], got "
              + Arrays.toString(shape)
              + ". Cut a series of "
              + Counts.of(channels, "channel")
              + " into windows with Series.windows, or build the encoder for the channels there"
              + " are; ConvEncoder takes images.");
    }
    long factor = 1L << config.downsample();
    if (shape[2] % factor != 0) {
      throw new IllegalArgumentException(
          "SeriesEncoder: expected windows of a length that "
              + factor
              + " divides, since it halves it "
              + config.downsample()
              + " times, got "
              + shape[2]
              + ". Make the windows of another length, or build it with less downsample.");
    }
  }
}
