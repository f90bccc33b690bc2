package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.nn.Conv1d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The encoder for windows of a series, a one-dimensional {@link ConvEncoder}: windows [b, 1, time,
 * channels], from {@code Series.windows}, to latents [b, 1, time/2^n, D].
 *
 * <p>n convolutions along time with kernel size 4 and stride 2, the first with half the hidden
 * channels, the others with all; a convolution with kernel size 3; a ReLU after each of them; a
 * {@link ResidualStack}; a convolution with kernel size 1 to D channels.
 *
 * <pre>{@code
 * SeriesEncoderConfig encoder = SeriesEncoder.channels(4).hidden(64).downsample(3);
 * }</pre>
 */
public final class SeriesEncoder extends DownsamplingEncoder {
  private final SeriesEncoderConfig config;

  /**
   * Creates an encoder.
   *
   * @param config the settings
   * @param dimension D, the number of output channels
   * @param rng the random number generator for the initial weights
   */
  public SeriesEncoder(SeriesEncoderConfig config, int dimension, Rng rng) {
    super(Conv1d::new, config, config.downsample(), dimension, rng);
    this.config = config;
  }

  /**
   * Returns the default settings for series with the given number of channels.
   *
   * @param channels 1 for mono audio, the number of columns for a table
   * @return the settings
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
    Tensor latents = encode(sequences);
    return latents.reshape(latents.size(0), 1, latents.size(1), latents.size(2));
  }

  private void check(long... shape) {
    int channels = config.channels();
    if (shape.length != 4 || shape[1] != 1 || shape[3] != channels) {
      throw new IllegalArgumentException(
          "SeriesEncoder: expected windows of a series [batch, 1, time, "
              + channels
              + "], got "
              + Arrays.toString(shape)
              + ". Split a series of "
              + Counts.of(channels, "channel")
              + " into windows with Series.windows, or build the encoder for the channels of the"
              + " series. For images, use ConvEncoder.");
    }
    long factor = 1L << config.downsample();
    if (shape[2] % factor != 0) {
      throw new IllegalArgumentException(
          "SeriesEncoder: expected windows of a length that is a multiple of "
              + factor
              + ", the downsampling factor of the encoder, got "
              + shape[2]
              + ". Use another window length, or build the encoder with a smaller downsample.");
    }
  }
}
