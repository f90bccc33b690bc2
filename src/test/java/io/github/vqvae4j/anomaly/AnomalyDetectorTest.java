package io.github.vqvae4j.anomaly;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.data.series.Series;
import io.github.vqvae4j.data.series.SeriesTiles;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vae.Autoencoder;
import io.github.vqvae4j.model.vae.LatentModels;
import io.github.vqvae4j.model.vae.Vae;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.nn.ConvTranspose2d;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.ConvOptions;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnomalyDetectorTest {
  private static final AnomalyConfig TENTH = AnomalyConfig.falsePositiveRate(0.1);

  @TempDir private Path folder;

  /** A model that halves the length of windows [b, 1, time, channels]. */
  private static VqVae seriesModel(int channels) {
    Rng rng = new Rng(6);
    ConvConfig down =
        ConvConfig.of(channels, 4, 1)
            .kernel(1, 4)
            .options(ConvOptions.of(1, 0).stride(1, 2).padding(0, 1));
    ConvConfig up =
        ConvConfig.of(4, channels, 1)
            .kernel(1, 4)
            .options(ConvOptions.of(1, 0).stride(1, 2).padding(0, 1));
    Conv2d downsample = new Conv2d(down, rng);
    ConvTranspose2d upsample = new ConvTranspose2d(up, rng);
    return VqVae.builder()
        .encoder(
            new Encoder() {
              private final Conv2d layer = child("layer", downsample);

              @Override
              protected Tensor compute(Tensor windows) {
                return layer.forward(windows);
              }
            })
        .quantizer(VectorQuantizer.ema(5, 4))
        .decoder(
            new Decoder() {
              private final ConvTranspose2d layer = child("layer", upsample);

              @Override
              protected Tensor compute(Tensor quantized) {
                return layer.forward(quantized);
              }
            })
        .build();
  }

  private static Images noise(int count, int height, int width, int channels, long seed) {
    Rng rng = new Rng(seed);
    float[] pixels = new float[count * height * width * channels];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) rng.nextDouble();
    }
    return Images.of(pixels, count, height, width, channels);
  }

  // --- comparison with an independent implementation of the formulas

  @ParameterizedTest
  @CsvSource({
    "0.5, 3, 1, 0",
    "0.5, 1, 0.1, 1",
    "0, 5, 0.001, 0",
    "1, 99, 0.3, 3",
    "0.25, 3, 0.5, 2"
  })
  void scoresAndHeatMapsMatchTheFormulas(
      double weight, int smoothing, double fraction, int border) {
    AnomalyConfig config =
        TENTH.quantizationWeight(weight).smoothing(smoothing).topFraction(fraction).border(border);
    try (VqVae model = Shapes.model(3, 2)) {
      // More images than one chunk.
      PlainScores.check(
          model, Images.from(Shapes.rectangles(70, 8, 3, 1)), noise(66, 8, 8, 3, 1), config);
    }
    try (VqVae model = seriesModel(2)) {
      PlainScores.check(model, noise(12, 1, 20, 2, 4), noise(3, 1, 20, 2, 3), config);
    }
  }

  @Test
  void modelsWithoutCodebookUseTheReconstructionErrorOnly() {
    Images normals = Images.from(Shapes.rectangles(20, 8, 1, 1));
    try (Autoencoder autoencoder = LatentModels.autoencoder(1);
        Vae vae = LatentModels.vae(1).build()) {
      PlainScores.check(autoencoder, normals, noise(2, 8, 8, 1, 1), TENTH);
      PlainScores.check(vae, normals, noise(2, 8, 8, 1, 1), TENTH);
      AnomalyDetector detector = AnomalyDetector.calibrate(vae, normals, TENTH);
      AnomalyScore score = detector.scores(normals).get(3);
      assertEquals(score.reconstruction(), score.total());
      assertEquals(0, score.quantization());
      assertEquals(0, detector.config().quantizationWeight());
    }
  }

  // --- thresholds

  @ParameterizedTest
  @CsvSource({
    "19, 0.05, 0",
    "20, 0.05, 0",
    "38, 0.05, 0",
    "39, 0.05, 1",
    "9, 0.1, 0",
    "9, 0.9999999999999, 8"
  })
  void falsePositiveRateOfTheNormalImagesIsMet(int normals, double rate, int exceeding) {
    Images images = noise(normals, 8, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 2)) {
      AnomalyDetector detector =
          AnomalyDetector.calibrate(model, images, AnomalyConfig.falsePositiveRate(rate));
      List<AnomalyScore> scores = detector.scores(images);
      assertEquals(exceeding, scores.stream().filter(detector::isAnomalous).count());
      assertTrue(scores.stream().anyMatch(s -> s.total() == detector.threshold()));
      Images heat = detector.heatMap(images);
      int hot = 0;
      for (int i = 0; i < normals; i++) {
        float max = 0;
        for (float pixel : heat.image(i).pixels()) {
          max = Math.max(max, pixel);
        }
        hot += max > detector.heatThreshold() ? 1 : 0;
      }
      assertEquals(exceeding, hot);
    }
  }

  @Test
  void tooFewImagesForTheRateAreRejected() {
    try (VqVae model = Shapes.model(1, 2)) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () ->
                  AnomalyDetector.calibrate(
                      model, noise(98, 8, 8, 1, 1), AnomalyConfig.falsePositiveRate(0.01))),
          "at least 99 held-out normal images for a false-positive rate of 0.01",
          "got 98",
          "0.0101",
          "Hold out more");
      Dataset none = noise(1, 8, 8, 1, 1).range(0, 0);
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> AnomalyDetector.calibrate(model, none, TENTH)),
          "at least 9",
          "got 0");
      AnomalyDetector detector = AnomalyDetector.calibrate(model, noise(9, 8, 8, 1, 1), TENTH);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> detector.scores(none)), "got none");
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 1, -0.1, Double.NaN})
  void ratesOutOfRangeAreRejected(double rate) {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> AnomalyConfig.falsePositiveRate(rate)),
        "above 0 and below 1",
        "got " + rate);
  }

  @Test
  void otherSettingsOutOfRangeAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> TENTH.quantizationWeight(1.5)),
        "from 0 to 1",
        "got 1.5");
    assertThrows(IllegalArgumentException.class, () -> TENTH.quantizationWeight(Double.NaN));
    for (int side : new int[] {0, 2, -1}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> TENTH.smoothing(side)),
          "an odd number of pixels",
          "got " + side);
    }
    for (double fraction : new double[] {0, 1.1, Double.NaN}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> TENTH.topFraction(fraction)),
          "above 0 and at most 1",
          "got " + fraction);
    }
  }

  // --- mismatched and diverged models

  @Test
  void divergedModelIsRejected() {
    try (VqVae model = Shapes.model(1, 2)) {
      model.parameters().forEach(p -> p.write(0, new float[] {Float.NaN}, 0, 1));
      assertMessageContains(
          assertThrows(
              NonFiniteException.class,
              () -> AnomalyDetector.calibrate(model, noise(9, 8, 8, 1, 1), TENTH)),
          "encoder.down.0.weight[0] is NaN",
          "Retrain it");
    }
  }

  @Test
  void imagesOfTheWrongShapeAreRejected() {
    try (VqVae model = Shapes.model(1, 2)) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> AnomalyDetector.calibrate(model, noise(9, 8, 8, 3, 1), TENTH)),
          "got [5, 8, 8, 3]");
    }
  }

  // --- threads and files

  @Test
  void concurrentResultsAreBitIdentical() throws Exception {
    Images images = noise(20, 8, 8, 1, 3);
    try (VqVae model = Shapes.model(1, 2)) {
      AnomalyDetector detector = AnomalyDetector.calibrate(model, images, TENTH);
      List<AnomalyScore> scores = detector.scores(images);
      Images heat = detector.heatMap(images);
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        List<Callable<Boolean>> jobs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          jobs.add(
              () ->
                  detector.scores(images).equals(scores) && detector.heatMap(images).equals(heat));
        }
        for (Future<Boolean> job : threads.invokeAll(jobs)) {
          assertTrue(job.get());
        }
      } finally {
        threads.shutdown();
      }
    }
  }

  @Test
  void loadedDetectorReturnsTheSameResults() throws IOException {
    Images images = noise(20, 8, 8, 1, 3);
    Path file = folder.resolve("detector.json");
    try (VqVae model = Shapes.model(1, 2)) {
      AnomalyDetector detector = AnomalyDetector.calibrate(model, images, TENTH.topFraction(0.3));
      detector.save(file);
      model.save(folder.resolve("model.safetensors"));
      try (VqVae loaded = VqVae.load(folder.resolve("model.safetensors"))) {
        AnomalyDetector again = AnomalyDetector.load(file, loaded);
        assertEquals(detector.scores(images), again.scores(images));
        assertEquals(detector.heatMap(images), again.heatMap(images));
        assertEquals(detector.threshold(), again.threshold());
        assertEquals(detector.heatThreshold(), again.heatThreshold());
        assertEquals(detector.toString(), again.toString());
        assertMessageContains(
            new Throwable(again.toString()), "from 20 normal images", "topFraction=0.3");
      }
    }
  }

  @Test
  void corruptFilesAreNamedInTheError() throws IOException {
    Path file = folder.resolve("detector.json");
    try (VqVae model = Shapes.model(1, 2);
        VqVae other = Shapes.model(1, 3)) {
      assertThrows(NoSuchFileException.class, () -> AnomalyDetector.load(file, model));
      AnomalyDetector.calibrate(model, noise(20, 8, 8, 1, 3), TENTH).save(file);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> AnomalyDetector.load(file, other)),
          "detector.json: modelChecksum",
          "calibrated with, or calibrate it again");
      String text = Files.readString(file);
      assertBad(
          model,
          text.replace("\"version\": 2", "\"version\": 3"),
          "version: expected a version from 1 to 2, got 3");
      assertBad(
          model,
          text.replace("0.1", "7"),
          "falsePositiveRate: expected a fraction above 0 and below 1, got 7.0; 0.01");
      assertBad(model, text.replace("threshold", "treshold"), "treshold: unknown name");
      assertBad(
          model,
          text.replace("Deviation\": ", "Deviation\": -"),
          "deviation of the reconstruction of at least 0");
      assertBad(
          model, text.replace("\"normalImages\": 20", "\"normalImages\": 0"), "at least 1 normal");
      assertBad(model, text.substring(0, text.length() / 2), "not written by AnomalyDetector.save");
      assertBad(model, "", "not written by AnomalyDetector.save");
      assertBad(model, "[]", "not written by AnomalyDetector.save");
    }
  }

  private void assertBad(VqVae model, String text, String expectedText) throws IOException {
    Path file = folder.resolve("bad.json");
    Files.writeString(file, text);
    assertMessageContains(
        assertThrows(BadFileException.class, () -> AnomalyDetector.load(file, model)),
        "bad.json: ",
        expectedText);
  }

  @Test
  void calibrationDoesNotChangeTheModel() {
    try (VqVae model = Shapes.model(1, 2)) {
      long before = AnomalyCalibration.checksum(model);
      AnomalyDetector.calibrate(model, noise(20, 8, 8, 1, 3), TENTH);
      assertEquals(before, AnomalyCalibration.checksum(model));
    }
  }

  @Test
  void borderPixelsDoNotAffectTheThreshold() {
    try (VqVae model = Shapes.model(1, 2)) {
      Images normals = noise(40, 8, 8, 1, 1);
      AnomalyDetector detector =
          AnomalyDetector.calibrate(model, normals, TENTH.smoothing(1).border(2));
      int over = 0;
      float[] heat = detector.heatMap(normals).pixels();
      for (int i = 0; i < normals.size(); i++) {
        float hottest = Float.NEGATIVE_INFINITY;
        for (int y = 2; y < 6; y++) {
          for (int x = 2; x < 6; x++) {
            hottest = Math.max(hottest, heat[i * 64 + y * 8 + x]);
          }
        }
        over += hottest > detector.heatThreshold() ? 1 : 0;
      }
      assertEquals(3, over, "the threshold is the 4th largest of 40");
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> AnomalyDetector.calibrate(model, normals, TENTH.border(4))),
          "twice the border of 4 pixels",
          "got 8x8");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> TENTH.border(-1)),
          "at least 0",
          "got -1");
    }
  }

  @Test
  void endsOfASeriesAreNeverAboveTheThreshold() {
    try (VqVae model = seriesModel(1)) {
      float[] samples = noise(1, 1, 200, 1, 5).pixels();
      for (int t : new int[] {0, 2, 30, 100, 197, 199}) {
        samples[t] = 40;
      }
      AnomalyDetector detector =
          AnomalyDetector.calibrate(model, noise(20, 1, 20, 1, 1), TENTH.smoothing(1).border(4));
      SeriesTiles tiles = SeriesTiles.of(Series.of(samples, 1, 0), 20, 4);
      float[] score = tiles.join(detector.heatMap(tiles)).samples();
      // All samples except those at the two ends are evaluated in some window.
      Set<Integer> alarms = new TreeSet<>();
      Set<Integer> evaluated = new TreeSet<>();
      for (int t = 0; t < score.length; t++) {
        if (score[t] > detector.heatThreshold()) {
          alarms.add(t);
        }
        if (t >= 4 && t < 196) {
          evaluated.add(t);
        }
      }
      assertTrue(alarms.containsAll(List.of(30, 100)), alarms.toString());
      assertTrue(evaluated.containsAll(alarms), alarms.toString());
      SeriesTiles narrow = SeriesTiles.of(Series.of(samples, 1, 0), 20, 3);
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> detector.heatMap(narrow)),
          "the border of 4 samples",
          "margins of 3",
          "a larger margin");
      // The edges of a single window are those of the series.
      detector.heatMap(SeriesTiles.of(Series.of(noise(1, 1, 20, 1, 5).pixels(), 1, 0), 20, 0));
    }
  }

  @Test
  void borderIsBelowANegativeThreshold() {
    try (VqVae model = Shapes.model(1, 2)) {
      Images normals = Images.from(Shapes.rectangles(40, 8, 1, 1));
      AnomalyDetector detector =
          AnomalyDetector.calibrate(
              model, normals, AnomalyConfig.falsePositiveRate(0.97).smoothing(15).border(2));
      assertTrue(detector.heatThreshold() < 0, detector.toString());
      assertTrue(detector.heatMap(normals).pixels()[0] < detector.heatThreshold());
    }
  }

  @Test
  void borderOfImagesIsNeverAboveTheThreshold() {
    try (VqVae model = Shapes.model(1, 2)) {
      Images normals = noise(20, 8, 8, 1, 1);
      AnomalyDetector detector =
          AnomalyDetector.calibrate(model, normals, TENTH.smoothing(1).border(2));
      float[] pixels = noise(1, 8, 8, 1, 7).pixels();
      pixels[0] = pixels[8 + 6] = pixels[3 * 8 + 4] = pixels[63] = 40;
      float[] heat = detector.heatMap(Images.of(pixels, 1, 8, 8, 1)).pixels();
      assertTrue(heat[3 * 8 + 4] > detector.heatThreshold());
      for (int p = 0; p < heat.length; p++) {
        boolean inner = p / 8 >= 2 && p / 8 < 6 && p % 8 >= 2 && p % 8 < 6;
        assertTrue(inner || heat[p] <= detector.heatThreshold(), "pixel " + p + ": " + heat[p]);
      }
    }
  }
}
