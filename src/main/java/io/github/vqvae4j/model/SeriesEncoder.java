package io.github.vqvae4j.model;

import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.nn.Conv1d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ResidualStack1d;
import io.github.vqvae4j.nn.Sequential;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The encoder for windows of a series, {@link ConvEncoder} in one dimension: windows [b, 1, time,
 * channels], as {@code Series.windows} gives them, to vectors [b, 1, time/2^n, D].
 *
 * <p>n convolutions of kernel 4 and stride 2 along time, the first to half the hidden channels, the
 * others to all; a convolution of kernel 3; rectified linear units after each; a {@link
 * ResidualStack1d}; a convolution of kernel 1 to D.
 *
 * <pre>{@code
 * SeriesEncoder.channels(4).hidden(64).downsample(3)
 * }</pre>
 */
public final class SeriesEncoder extends Encoder {
  private final SeriesEncoderConfig config;
  private final Sequential down;
  private final Conv1d mix;
  private final ResidualStack1d residual;
  private final Conv1d project;

  /**
   * An encoder.
   *
   * @param config its settings
   * @param dimension D, the channels of its result
   * @param rng where the weights are drawn from
   */
  public SeriesEncoder(SeriesEncoderConfig config, int dimension, Rng rng) {
    this.config = config;
    int hidden = config.hidden();
    List<Conv1d> halvings = new ArrayList<>();
    int in = config.channels();
    for (int i = 0; i < config.downsample(); i++) {
      int out = i == 0 ? hidden / 2 : hidden;
      halvings.add(new Conv1d(conv(in, out, 4).stride(2).padding(1).relu(true), rng));
      in = out;
    }
    down = child("down", Sequential.of(halvings));
    mix = child("mix", new Conv1d(conv(in, hidden, 3).padding(1).relu(true), rng));
    residual =
        child(
            "residual",
            new ResidualStack1d(
                hidden, config.residual(), config.growth(), config.initializer(), rng));
    project = child("project", new Conv1d(conv(hidden, dimension, 1), rng));
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
    Tensor vectors = chain(sequences, List.of(down, mix, residual, project));
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
