package io.github.vqvae4j.model;

import io.github.vqvae4j.nn.Conv1d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose1d;
import io.github.vqvae4j.nn.Layer;
import io.github.vqvae4j.nn.ResidualStack1d;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The decoder for windows of a series, {@link ConvDecoder} in one dimension: vectors [b, 1, time,
 * D] to windows [b, 1, 2^n time, channels].
 *
 * <p>A convolution of kernel 3 to the hidden channels; a {@link ResidualStack1d}; n transposed
 * convolutions of kernel 4 and stride 2, the last to the series' channels, the one before to half
 * the hidden channels, with rectified linear units between. For n = 0 a convolution of kernel 3 to
 * the series' channels ends it.
 */
public final class SeriesDecoder extends Decoder {
  private final SeriesDecoderConfig config;
  private final Conv1d mix;
  private final ResidualStack1d residual;
  private final Sequential up;

  /**
   * A decoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its input
   * @param rng where the weights are drawn from
   */
  public SeriesDecoder(SeriesDecoderConfig config, int dimension, Rng rng) {
    this.config = config;
    int hidden = config.hidden();
    mix = child("mix", new Conv1d(conv(dimension, hidden, 3).padding(1), rng));
    residual =
        child(
            "residual",
            new ResidualStack1d(
                hidden, config.residual(), config.growth(), config.initializer(), rng));
    List<Layer> layers = new ArrayList<>();
    int in = hidden;
    for (int left = config.upsample() - 1; left >= 0; left--) {
      int out = left == 0 ? config.channels() : left == 1 ? hidden / 2 : hidden;
      layers.add(new ConvTranspose1d(conv(in, out, 4).stride(2).padding(1).relu(left > 0), rng));
      in = out;
    }
    if (layers.isEmpty()) {
      layers.add(new Conv1d(conv(hidden, config.channels(), 3).padding(1), rng));
    }
    up = child("up", Sequential.of(layers));
  }

  private ConvConfig conv(int in, int out, int kernel) {
    return ConvConfig.of(in, out, kernel).initializer(config.initializer());
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
    Tensor windows = chain(sequences, List.of(mix, residual, up));
    return windows.reshape(windows.size(0), 1, windows.size(1), windows.size(2));
  }
}
