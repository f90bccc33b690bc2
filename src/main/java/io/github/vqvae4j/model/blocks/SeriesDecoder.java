package io.github.vqvae4j.model.blocks;

import io.github.vqvae4j.model.blocks.ConvDecoderConfig.UpsampleMode;
import io.github.vqvae4j.nn.Conv1d;
import io.github.vqvae4j.nn.ConvTranspose1d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The decoder for windows of a series, a one-dimensional {@link ConvDecoder}: latents [b, 1, time,
 * D] to windows [b, 1, 2^n time, channels].
 *
 * <p>A convolution with kernel size 3 to the hidden channels; a {@link ResidualStack}; n transposed
 * convolutions with kernel size 4 and stride 2, the last to the channels of the series, the one
 * before to half the hidden channels, with a ReLU between them. For n = 0, a convolution with
 * kernel size 3 to the channels of the series is the last layer.
 */
public final class SeriesDecoder extends UpsamplingDecoder {
  private final SeriesDecoderConfig config;

  /**
   * Creates a decoder.
   *
   * @param config the settings
   * @param dimension D, the number of input channels
   * @param rng the random number generator for the initial weights
   */
  public SeriesDecoder(SeriesDecoderConfig config, int dimension, Rng rng) {
    super(
        Conv1d::new,
        ConvTranspose1d::new,
        config,
        UpsampleMode.TRANSPOSED,
        config.upsample(),
        dimension,
        rng);
    this.config = config;
  }

  /**
   * Returns the default settings for series with the given number of channels.
   *
   * @param channels 1 for mono audio, the number of columns for a table
   * @return the settings
   */
  public static SeriesDecoderConfig channels(int channels) {
    return SeriesDecoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  public int pixelsPerVector() {
    return 1 << config.upsample();
  }

  @Override
  protected Tensor compute(Tensor latents) {
    if (latents.rank() != 4 || latents.size(1) != 1) {
      throw new IllegalArgumentException(
          "SeriesDecoder: expected latents of windows [batch, 1, time, D], got "
              + Arrays.toString(latents.shape())
              + ". Use it with SeriesEncoder. For images, use ConvDecoder.");
    }
    Tensor sequences = latents.reshape(latents.size(0), latents.size(2), latents.size(3));
    Tensor windows = decode(sequences);
    return windows.reshape(windows.size(0), 1, windows.size(1), windows.size(2));
  }
}
