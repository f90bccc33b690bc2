package io.github.vqvae4j.nn;

import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.nn.ResidualConfig.Skip;
import java.util.List;

/** Layers for windows of time series. */
final class ConformanceOfSeries {
  static final List<Conformance> ALL =
      List.of(
          new Conformance(
              "ResidualBlock of sequences, dilated",
              rng ->
                  new ResidualBlock(
                      Conv1d::new, 4, ResidualConfig.of(1, 2), 3, Initializer.TORCH, rng),
              2,
              5,
              4),
          new Conformance(
              "ResidualStack of sequences, growing dilation, without bias, rectified skip",
              rng ->
                  new ResidualStack(
                      Conv1d::new,
                      4,
                      ResidualConfig.of(3, 2).bias(false).skip(Skip.RECTIFIED).dilationGrowth(2),
                      Initializer.TORCH,
                      rng),
              2,
              7,
              4),
          new Conformance(
              "SeriesEncoder",
              rng -> SeriesEncoder.channels(3).hidden(4).residual(2, 2).build(5, rng),
              2,
              1,
              16,
              3),
          new Conformance(
              "SeriesEncoder, no downsampling",
              rng -> SeriesEncoder.channels(1).hidden(4).downsample(0).residual(0, 1).build(2, rng),
              1,
              1,
              5,
              1),
          new Conformance(
              "SeriesDecoder",
              rng -> SeriesDecoder.channels(3).hidden(4).residual(2, 2).build(5, rng),
              2,
              1,
              3,
              5),
          new Conformance(
              "SeriesDecoder, no upsampling",
              rng -> SeriesDecoder.channels(1).hidden(4).upsample(0).residual(0, 1).build(2, rng),
              1,
              1,
              5,
              2));

  private ConformanceOfSeries() {}
}
