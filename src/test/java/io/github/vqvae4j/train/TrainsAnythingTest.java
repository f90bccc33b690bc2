package io.github.vqvae4j.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.datasets.Mnist;
import io.github.vqvae4j.data.datasets.MnistData;
import io.github.vqvae4j.data.datasets.RealData;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Block;
import io.github.vqvae4j.nn.Embedding;
import io.github.vqvae4j.nn.Linear;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One trainer for models and data of four kinds, each in at most forty lines. */
class TrainsAnythingTest {
  @Test
  void ganWithTwoOptimizers() {
    try (PointGan gan = new PointGan(3)) {
      Trainer.of(
              gan.generatorObjective().optimizer(new Adam(2e-3, 0.5, 0.99, 1e-8)),
              gan.discriminatorObjective().optimizer(new Adam(5e-3, 0.5, 0.99, 1e-8)))
          .batch(64)
          .steps(1_000)
          .averageWeights(0.995)
          .fit(PointGan.points(4_096, 1));
      float[] fakes;
      try (Step step = Step.inference(new RngKey(7, 0, 0))) {
        fakes = gan.fakes(step, new float[2 * 4_096]).toFloats();
      }
      double[] expectedMean = {2, -1};
      for (int axis = 0; axis < 2; axis++) {
        double mean = 0;
        double squares = 0;
        for (int i = axis; i < fakes.length; i += 2) {
          mean += fakes[i] / 4_096;
          squares += fakes[i] * fakes[i] / 4_096;
        }
        assertEquals(expectedMean[axis], mean, 0.25, "mean of axis " + axis);
        double deviation = Math.sqrt(squares - mean * mean);
        assertTrue(
            deviation > 0.25 && deviation < 0.9, "deviation of axis " + axis + " " + deviation);
      }
    }
  }

  /** Predicts each code of a row from the one on its left and the label. */
  private static final class RowPrior extends Block implements Trainable<Codes> {
    private final Embedding left = child("left", new Embedding(9, 16, new Rng(1)));
    private final Embedding label = child("label", new Embedding(2, 16, new Rng(2)));
    private final Linear logits = child("logits", new Linear(16, 8, new Rng(3)));

    @Override
    public BatchLoss loss(Step step, Codes batch, TrainingProgress progress) {
      int n = batch.count();
      Tensor codes = batch.in(step);
      Tensor shifted = codes.slice(1, 0, 5).pad(1, 1, 0, 8);
      Tensor labels = step.tensor(batch.labels().orElseThrow(), n, 1);
      Tensor hidden = left.forward(shifted).add(label.forward(labels));
      return BatchLoss.of(
          "nats",
          logits
              .forward(hidden.tanh())
              .reshape(n * 6, 8)
              .crossEntropy(codes.reshape(n * 6))
              .mean());
    }
  }

  @Test
  void priorOverCodeMapsWithLabels() {
    int[] values = new int[400 * 6];
    int[] labels = new int[400];
    Rng rng = new Rng(5);
    for (int i = 0; i < 400; i++) {
      labels[i] = rng.nextInt(2); // rows count upwards or downwards, from any code
      int first = rng.nextInt(8);
      for (int j = 0; j < 6; j++) {
        values[6 * i + j] = Math.floorMod(first + (labels[i] == 0 ? j : -j), 8);
      }
    }
    Codes codes = Codes.of(values, 8, 400, 6).withLabels(labels);
    try (RowPrior prior = new RowPrior()) {
      TrainingReport report =
          Trainer.of(prior)
              .optimizer(Adam.rate(2e-2))
              .epochs(20)
              .evaluate(codes.range(320, 400), 100)
              .fit(codes.range(0, 320));
      assertEquals(200, report.last().step());
      // Of six codes, only the first is random: log 8 / 6 = 0.35. Unigrams have log 8 = 2.08.
      double nats = report.evaluations().get(report.evaluations().size() - 1).loss();
      assertTrue(nats < 0.5 && nats > Math.log(8) / 6 - 0.05, report.toString());
    }
  }

  /** Predicts the last value of a window from the others. */
  private static final class Forecast extends Block implements Trainable<ImageBatch> {
    private final Linear linear = child("linear", new Linear(15, 1, new Rng(1)));

    @Override
    public BatchLoss loss(Step step, ImageBatch batch, TrainingProgress progress) {
      Tensor windows = batch.in(step).reshape(batch.count(), 16);
      Tensor target = windows.slice(1, 15, 16);
      Tensor prediction = linear.forward(windows.slice(1, 0, 15));
      double naive = windows.slice(1, 14, 15).meanSquaredError(target).item();
      return BatchLoss.of("mse", prediction.meanSquaredError(target)).withMetric("naive", naive);
    }
  }

  @Test
  void regressionOnSeries() {
    float[] samples = new float[2_000];
    Rng rng = new Rng(1);
    for (int t = 0; t < samples.length; t++) {
      samples[t] =
          (float) (5 * Math.sin(0.4 * t) + 2 * Math.sin(1.1 * t) + 0.1 * rng.nextGaussian());
    }
    Series series = Series.of(samples, 1, 1);
    Dataset train = Series.windows(List.of(series.range(0, 1_600)), 16, 1);
    Dataset later = Series.windows(List.of(series.range(1_600, 2_000)), 16, 1);
    try (Forecast forecast = new Forecast()) {
      TrainingReport report =
          Trainer.of(forecast).optimizer(Adam.rate(1e-2)).epochs(8).evaluate(later, 100).fit(train);
      Evaluation last = report.evaluations().get(report.evaluations().size() - 1);
      assertTrue(last.metric("naive") > 3, last.toString());
      assertTrue(last.loss() < 0.05 * last.metric("naive"), last.toString());
    }
  }

  @Test
  void vqVaeOfTheReadme() throws Exception {
    MnistData digits = Mnist.in(RealData.folder("mnist"));
    try (VqVae model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(128).downsample(2))
            .quantizer(VectorQuantizer.ema(512, 64))
            .decoder(ConvDecoder.channels(1).hidden(128).upsample(2))
            .seed(42)
            .build()) {
      TrainingReport report =
          Trainer.of(model)
              .optimizer(Adam.rate(3e-4))
              .batch(32)
              .steps(80)
              .evaluate(digits.test().range(0, 200), 40)
              .listener(new ProgressLog())
              .fit(digits.train().range(0, 5_000));
      List<Evaluation> evaluations = report.evaluations();
      assertEquals(List.of(40L, 80L), evaluations.stream().map(Evaluation::step).toList());
      double error = evaluations.get(1).metric(ImageModel.MSE);
      assertTrue(error < errorOfMeanImage(digits.test().range(0, 200)), report.toString());
    }
  }

  /** Returns the mean squared error of the best reconstruction that ignores the codes. */
  private static double errorOfMeanImage(Dataset images) {
    float[] pixels = images.pixels(0, images.size());
    int length = images.imageLength();
    double error = 0;
    for (int pixel = 0; pixel < length; pixel++) {
      double mean = 0;
      double squares = 0;
      for (int i = pixel; i < pixels.length; i += length) {
        mean += pixels[i] / images.size();
        squares += pixels[i] * pixels[i] / images.size();
      }
      error += (squares - mean * mean) / length;
    }
    return error;
  }
}
