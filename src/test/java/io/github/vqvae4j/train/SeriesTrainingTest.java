package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Dataset;
import io.github.vqvae4j.data.Images;
import io.github.vqvae4j.data.Series;
import io.github.vqvae4j.model.Decoder;
import io.github.vqvae4j.model.Encoder;
import io.github.vqvae4j.model.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.nn.Initializer;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.tensor.Rng;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Window;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A series, as windows of height 1, goes through the trainer with layers that look along time. */
class SeriesTrainingTest {
  private static final Window HALVING = new Window(1, 2, 0, 1);

  /** Along time: kernel 1 x 4, stride 2. */
  private static ConvConfig along(int in, int out) {
    return new ConvConfig(in, out, 1, 4, HALVING, true, false, Initializer.TORCH);
  }

  private static final class TimeEncoder extends Encoder {
    private final Conv2d first;
    private final Conv2d second;

    TimeEncoder(Rng rng) {
      first = child("first", new Conv2d(along(2, 16).relu(true), rng));
      second = child("second", new Conv2d(along(16, 8), rng));
    }

    @Override
    protected Tensor compute(Tensor windows) {
      return second.forward(first.forward(windows));
    }
  }

  private static final class TimeDecoder extends Decoder {
    private final ConvTranspose2d first;
    private final ConvTranspose2d second;

    TimeDecoder(Rng rng) {
      first = child("first", new ConvTranspose2d(along(8, 16).relu(true), rng));
      second = child("second", new ConvTranspose2d(along(16, 2), rng));
    }

    @Override
    protected Tensor compute(Tensor quantized) {
      return second.forward(first.forward(quantized));
    }
  }

  @Test
  void aModelOfSoundsLearns() {
    float[] samples = new float[2 * 4_000];
    for (int t = 0; t < 4_000; t++) {
      samples[2 * t] = (float) Math.sin(t * (0.1 + t / 40_000.0));
      samples[2 * t + 1] = -0.5f * samples[2 * t];
    }
    Dataset windows = Series.windows(List.of(Series.of(samples, 2, 8_000)), 64, 16);
    List<Dataset> parts = windows.split(1, 0.9);
    Rng rng = new Rng(3);
    try (VqVae model =
        VqVae.builder()
            .encoder(new TimeEncoder(rng))
            .quantizer(VectorQuantizer.ema(64, 8))
            .decoder(new TimeDecoder(rng))
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
