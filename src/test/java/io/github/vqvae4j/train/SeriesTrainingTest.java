package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Augmentation;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.blocks.SeriesDecoder;
import io.github.vqvae4j.model.blocks.SeriesEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.VectorQuantizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Training on windows of a time series, which are images of height 1. */
class SeriesTrainingTest {
  @Test
  void audioModelLearns() {
    float[] samples = new float[2 * 4_000];
    for (int t = 0; t < 4_000; t++) {
      samples[2 * t] = (float) Math.sin(t * (0.1 + t / 40_000.0));
      samples[2 * t + 1] = -0.5f * samples[2 * t];
    }
    Dataset windows = Series.windows(List.of(Series.of(samples, 2, 8_000)), 64, 16);
    List<Dataset> splits = windows.split(1, 0.9);
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
              .evaluate(splits.get(1), 300)
              .fit(splits.get(0));
      Evaluation last = report.evaluations().get(report.evaluations().size() - 1);
      double error = last.metric(ImageModel.NORMALIZED_MSE);
      assertTrue(error < 0.3, "normalized MSE " + error);
      Images heard = model.reconstruct(Images.from(splits.get(1), 0));
      assertArrayEquals(
          new int[] {1, 1, 64, 2},
          new int[] {heard.size(), heard.height(), heard.width(), heard.channels()});
    }
  }

  private static VqVae small(int channels) {
    return VqVae.builder()
        .encoder(SeriesEncoder.channels(channels).hidden(8).downsample(1).residual(1, 4))
        .quantizer(VectorQuantizer.ema(8, 4))
        .decoder(SeriesDecoder.channels(channels).hidden(8).upsample(1).residual(1, 4))
        .build();
  }

  private static Dataset windows(int channels) {
    float[] samples = new float[channels * 512];
    for (int i = 0; i < samples.length; i++) {
      samples[i] = (float) (3 * Math.sin(i * 0.1));
    }
    return Series.windows(List.of(Series.of(samples, channels, 0)), 16, 8);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void seriesRunHasNeitherPsnrNorImages(int channels, @TempDir Path folder) throws IOException {
    Dataset windows = windows(channels);
    try (VqVae model = small(channels);
        CapturedLog progress = new CapturedLog(ProgressLog.class);
        CapturedLog run = new CapturedLog(RunFolder.class)) {
      RunFolder record =
          RunFolder.in(folder).images(model.reconstructions(windows), 2).tensorBoard();
      TrainingReport report =
          Trainer.of(model)
              .batch(8)
              .steps(4)
              .evaluate(windows.range(0, 20), 2)
              .listener(new ProgressLog(Duration.ZERO))
              .listener(record)
              .fit(windows.augmented(Augmentation.NONE.contrast(0.1), 1));
      assertEquals(2, report.evaluations().size());
      List<String> output = new ArrayList<>(progress.all());
      output.addAll(run.all());
      output.add(report.toString());
      for (String file : List.of("summary.txt", "metrics.csv", "metrics.json", "config.json")) {
        output.add(Files.readString(folder.resolve(file)));
      }
      for (String text : output) {
        assertFalse(text.toLowerCase(Locale.ROOT).contains("psnr"), text);
      }
      assertTrue(report.toString().contains("normalizedMse"), report.toString());
      assertFalse(Files.exists(folder.resolve("images")));
      assertEquals(1, run.warnings().size(), run.warnings().toString());
      assertMessageContains(
          new Exception(run.warnings().get(0)), "images", "in [0, 1]", "Training continues");
    }
  }

  @Test
  void psnrDependsOnTheDataSet() {
    Dataset windows = windows(1);
    try (VqVae model = small(1)) {
      Trainer.of(model).batch(8).steps(1).fit(windows);
      for (Dataset some :
          List.of(
              windows.split(1, 0.5).get(0),
              Images.from(windows),
              new ForwardingDataset(windows) {},
              model.reconstruct(windows))) {
        Evaluation evaluation = Evaluation.of(model, some);
        assertEquals(
            List.of(ImageModel.MSE, ImageModel.NORMALIZED_MSE),
            evaluation.metrics().stream().map(Metric::name).toList(),
            some.toString());
      }
      Evaluation ofImages = Evaluation.of(model, Images.of(new float[16], 1, 1, 16, 1));
      double psnr = -10 * Math.log10(ofImages.metric(ImageModel.MSE));
      assertEquals(psnr, ofImages.metric(ImageModel.PSNR), 1e-9);
      assertTrue(
          ofImages.toString().contains(String.format(Locale.ROOT, "psnr %.5g", psnr)),
          ofImages.toString());
    }
  }
}
