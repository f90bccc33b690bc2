package io.github.vqvae4j.model;

import io.github.vqvae4j.model.ConvDecoderConfig.UpsampleMode;
import io.github.vqvae4j.nn.Conv1d;
import io.github.vqvae4j.nn.ConvTranspose1d;
import io.github.vqvae4j.nn.ResidualStack;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.Optional;

/**
 * The decoder for windows of a series, {@link ConvDecoder} in one dimension: vectors [b, 1, time,
 * D] to windows [b, 1, 2^n time, channels].
 *
 * <p>A convolution of kernel 3 to the hidden channels; a {@link ResidualStack}; n transposed
 * convolutions of kernel 4 and stride 2, the last to the series' channels, the one before to half
 * the hidden channels, with rectified linear units between. For n = 0 a convolution of kernel 3 to
 * the series' channels ends it.
 */
public final class SeriesDecoder extends UpsamplingDecoder {
  private final SeriesDecoderConfig config;

  /**
   * A decoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its input
   * @param rng where the weights are drawn from
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
   * Settings for series of so many channels.
   *
   * @param channels 1 for a sound in mono, as many as there are columns for a table
   * @return the settings, to be changed or built
   */
  public static SeriesDecoderConfig channels(int channels) {
    return SeriesDecoderConfig.of(channels);
  }

  @Override
  public Optional<Config> config() {
    return Optional.of(config);
  }

  @Override
  protected int pixelsPerVector() {
    return 1 << config.upsample();
  }

  @Override
  protected Tensor compute(Tensor vectors) {
    if (vectors.rank() != 4 || vectors.size(1) != 1) {
      throw new IllegalArgumentException(
          "SeriesDecoder: expected the codes' vectors of windows [batch, 1, time, D], got "
              + Arrays.toString(vectors.shape())
              + ". Use it with SeriesEncoder; ConvDecoder gives images.");
    }
    Tensor sequences = vectors.reshape(vectors.size(0), vectors.size(2), vectors.size(3));
    Tensor windows = decode(sequences);
    return windows.reshape(windows.size(0), 1, windows.size(1), windows.size(2));
  }
}
