package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.data.Series;
import io.github.vqvae4j.model.SeriesDecoder;
import io.github.vqvae4j.model.SeriesEncoder;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A series, as windows of height 1, goes through the trainer. */
class SeriesTrainingTest {
  @Test
  void aModelOfSoundsLearns() {
    float[] samples = new float[2 * 4_000];
    for (int t = 0; t < 4_000; t++) {
      samples[2 * t] = (float) Math.sin(t * (0.1 + t / 40_000.0));
      samples[2 * t + 1] = -0.5f * samples[2 * t];
    }
    Dataset windows = Series.windows(List.of(Series.of(samples, 2, 8_000)), 64, 16);
    List<Dataset> parts = windows.split(1, 0.9);
    try (VqVae model =
        VqVae.builder()
            .encoder(SeriesEncoder.channels(2).hidden(16).downsample(2).residual(1, 8))
            .quantizer(VectorQuantizer.ema(64, 8))
            .decoder(SeriesDecoder.channels(2).hidden(16).upsample(2).residual(1, 8))
            .build()) {
      TrainingReport report =
          Trainer.of(model)
              .optimizer(Adam.rate(2e-3))
              .batch(16)
              .steps(300)
              .evaluate(parts.get(1), 300)
              .fit(parts.get(0));
      Evaluation last = report.evaluations().get(report.evaluations().size() - 1);
      double error = last.meanSquaredError() / last.variance();
      assertTrue(error < 0.3, "MSE/variance " + error);
      Images heard = model.reconstruct(Images.from(parts.get(1), 0));
      assertArrayEquals(
          new int[] {1, 1, 64, 2},
          new int[] {heard.size(), heard.height(), heard.width(), heard.channels()});
    }
  }
}
