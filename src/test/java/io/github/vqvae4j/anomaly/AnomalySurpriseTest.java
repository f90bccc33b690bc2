package io.github.vqvae4j.anomaly;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.metrics.RocCurve;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.TwoStageQuantizer;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.prior.PixelCnnConfig;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.train.Adam;
import io.github.vqvae4j.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A detector with a prior takes the surprise of the codes into account. */
class AnomalySurpriseTest {
  private static final AnomalyConfig TENTH = AnomalyConfig.falsePositiveRate(0.1);

  @TempDir private Path folder;

  private static PixelCnnConfig small(int codebookSize) {
    return PixelCnn.ofCodes(codebookSize).layers(2).channels(4).headChannels(8);
  }

  /** Returns a prior whose probabilities differ from code to code. */
  private static PixelCnn prior(PixelCnnConfig config, long seed) {
    PixelCnn prior = config.build(new Rng(seed));
    prior
        .parameters()
        .forEach(
            p -> {
              float[] values = p.toFloats();
              for (int i = 0; i < values.length; i++) {
                values[i] *= 2;
              }
              p.write(0, values, 0, values.length);
            });
    return prior;
  }

  private static Images noise(int count, int height, int width, int channels, long seed) {
    Rng rng = new Rng(seed);
    float[] pixels = new float[count * height * width * channels];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) rng.nextDouble();
    }
    return Images.of(pixels, count, height, width, channels);
  }

  @ParameterizedTest
  @CsvSource({
    "0.5, 0.5, 3, 1, 0",
    "0.25, 0.75, 1, 0.1, 1",
    "0, 1, 5, 0.001, 0",
    "1, 0.3, 99, 0.3, 2",
    "0.25, 0, 3, 0.5, 1"
  })
  void scoresAndHeatMapsMatchTheFormulas(
      double quantization, double surprise, int smoothing, double fraction, int border) {
    AnomalyConfig config =
        TENTH
            .quantizationWeight(quantization)
            .surpriseWeight(surprise)
            .smoothing(smoothing)
            .topFraction(fraction)
            .border(border);
    try (VqVae model = Shapes.model(3, 2);
        PixelCnn prior = prior(small(16), 5)) {
      // More images than one chunk, neither square nor gray.
      PlainScores.check(model, prior, noise(40, 6, 10, 3, 2), noise(37, 6, 10, 3, 1), config);
    }
  }

  @Test
  void defaultWeightIsUsedWithAPriorOnly() {
    Images images = noise(12, 8, 8, 1, 1);
    try (VqVae model = Shapes.model(1, 2);
        PixelCnn prior = prior(small(16), 5)) {
      AnomalyDetector without = AnomalyDetector.calibrate(model, images, TENTH.surpriseWeight(1));
      assertEquals(0, without.config().surpriseWeight());
      assertEquals(0, without.scores(images).get(0).surprise());
      AnomalyDetector with = AnomalyDetector.calibrate(model, prior, images, TENTH);
      assertEquals(0.75, with.config().surpriseWeight());
      assertNotEquals(0, with.scores(images).get(0).surprise());
    }
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> TENTH.surpriseWeight(1.5)),
        "AnomalyConfig.surpriseWeight: expected a weight from 0 to 1, got 1.5");
  }

  /** Returns images whose 2x2 pixels are those of other images, in another order. */
  private static Images shuffled(Images images) {
    float[] pixels = images.pixels();
    float[] shuffled = new float[pixels.length];
    for (int i = 0; i < images.size(); i++) {
      for (int p = 0; p < 64; p++) {
        int y = p / 8;
        int x = p % 8;
        int cell = ((y / 2 * 4 + x / 2) * 7 + i) % 16;
        shuffled[i * 64 + p] = pixels[i * 64 + (cell / 4 * 2 + y % 2) * 8 + cell % 4 * 2 + x % 2];
      }
    }
    return Images.of(shuffled, images.size(), 8, 8, 1);
  }

  @Test
  void codesInAnUnusualOrderAreSurprising() {
    Dataset train = Shapes.rectangles(300, 8, 1, 1);
    Images normal = Images.from(Shapes.rectangles(60, 8, 1, 2));
    try (VqVae model = Shapes.model(1, 2);
        PixelCnn prior = small(16).build()) {
      Trainer.of(model).optimizer(Adam.rate(3e-3)).batch(32).steps(150).quiet().fit(train);
      Trainer.of(prior)
          .optimizer(Adam.rate(1e-2))
          .batch(32)
          .steps(150)
          .quiet()
          .fit(model.encode(train));
      AnomalyDetector detector =
          AnomalyDetector.calibrate(model, prior, Shapes.rectangles(60, 8, 1, 3), TENTH);
      double[] normals = surprises(detector, normal);
      double area = RocCurve.of(normals, surprises(detector, shuffled(normal))).auc();
      assertTrue(area > 0.8, () -> "area under the curve " + area);
      double mean = Arrays.stream(normals).average().orElseThrow();
      assertTrue(Math.abs(mean) < 0.5, () -> "mean surprise of normal images " + mean);
    }
  }

  private static double[] surprises(AnomalyDetector detector, Images images) {
    return detector.scores(images).stream().mapToDouble(AnomalyScore::surprise).toArray();
  }

  @Test
  void oneImageScoresAsOneOfMany() {
    Images images = noise(33, 8, 8, 1, 3);
    try (VqVae model = Shapes.model(1, 2);
        PixelCnn prior = prior(small(16), 5)) {
      AnomalyDetector detector = AnomalyDetector.calibrate(model, prior, images, TENTH);
      List<AnomalyScore> all = detector.scores(images);
      for (int i = 0; i < images.size(); i += 8) {
        AnomalyScore one = detector.scores(images.image(i)).get(0);
        assertEquals(all.get(i).surprise(), one.surprise(), 1e-4);
        assertEquals(all.get(i).total(), one.total(), 1e-4);
      }
    }
  }

  @Test
  void threadsDoNotChangeTheBits() {
    Images images = noise(40, 8, 8, 1, 3);
    try (VqVae model = Shapes.model(1, 2);
        PixelCnn prior = prior(small(16), 5)) {
      AnomalyDetector expected = AnomalyDetector.calibrate(model, prior, images, TENTH);
      List<AnomalyScore> scores = expected.scores(images);
      Images heat = expected.heatMap(images);
      for (int threads : new int[] {1, 3}) {
        WithThreads.run(
            threads,
            () -> {
              AnomalyDetector detector = AnomalyDetector.calibrate(model, prior, images, TENTH);
              assertEquals(expected.threshold(), detector.threshold());
              assertEquals(scores, detector.scores(images));
              assertEquals(heat, detector.heatMap(images));
            });
      }
    }
  }

  // --- files

  @Test
  void loadedDetectorTakesItsPrior() throws IOException {
    Images images = noise(20, 8, 8, 1, 3);
    Path file = folder.resolve("detector.json");
    Path priorFile = folder.resolve("prior.safetensors");
    try (VqVae model = Shapes.model(1, 2);
        PixelCnn prior = prior(small(16), 5);
        PixelCnn other = prior(small(16), 6);
        PixelCnn ofOtherCodebook = prior(small(8), 5)) {
      AnomalyDetector detector = AnomalyDetector.calibrate(model, prior, images, TENTH);
      detector.save(file);
      prior.save(priorFile);
      try (PixelCnn loaded = PixelCnn.load(priorFile)) {
        AnomalyDetector again = AnomalyDetector.load(file, model, loaded);
        assertEquals(detector.scores(images), again.scores(images));
        assertEquals(detector.heatMap(images), again.heatMap(images));
        assertEquals(detector.toString(), again.toString());
      }
      assertMessageContains(
          assertThrows(BadFileException.class, () -> AnomalyDetector.load(file, model)),
          "detector.json: priorChecksum: expected a detector without a prior",
          "AnomalyDetector.load(file, model, prior)");
      for (PixelCnn wrong : List.of(other, ofOtherCodebook)) {
        assertMessageContains(
            assertThrows(BadFileException.class, () -> AnomalyDetector.load(file, model, wrong)),
            "detector.json: priorChecksum: expected ",
            "load the prior that the detector was calibrated with");
      }
      AnomalyDetector.calibrate(model, images, TENTH).save(file);
      assertMessageContains(
          assertThrows(BadFileException.class, () -> AnomalyDetector.load(file, model, prior)),
          "priorChecksum: expected a detector with a prior",
          "AnomalyDetector.load(file, model), or");
    }
  }

  // --- priors that do not fit

  private static void assertRejected(VqVae model, PixelCnnConfig config, String... texts) {
    try (PixelCnn prior = config.build()) {
      assertRejected(model, prior, texts);
    }
  }

  private static void assertRejected(VqVae model, PixelCnn prior, String... texts) {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> AnomalyDetector.calibrate(model, prior, noise(9, 8, 8, 1, 1), TENTH)),
        texts);
  }

  @Test
  void priorsOfOtherCodesAreRejected() {
    try (VqVae model = Shapes.model(1, 2);
        VqVae other = Shapes.model(1, 3);
        PixelCnn prior = small(16).build()) {
      assertRejected(model, small(8), "got one for a single codebook of 8", "forCodesOf(model)");
      assertRejected(
          model,
          small(16).size(5, 4),
          "images of 5x4 codes, the size that the prior was trained on, got 4x4");
      Trainer.of(prior).steps(1).batch(4).quiet().fit(other.encode(noise(8, 8, 8, 1, 1)));
      assertRejected(
          model, prior, other.weightHash(), model.weightHash(), "further training of a model");
      AnomalyDetector.calibrate(other, prior, noise(9, 8, 8, 1, 1), TENTH);
    }
    try (VqVae stages =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(1))
            .quantizer(new TwoStageQuantizer(true))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1))
            .build()) {
      assertRejected(stages, small(5), "a prior over the codes of the model", "single codebook");
    }
  }

  @Test
  void conditionalPriorsAreRejectedUnlessTheyKnowMapsOfAnyClass() {
    try (VqVae model = Shapes.model(1, 2)) {
      assertRejected(
          model, small(16).classes(10), "the class of an image", "10 classes", "classDropout(0.1)");
      assertRejected(
          model, small(16).conditionCodebookSize(4), "conditioned on another code map", "Train a");
      PixelCnnConfig dropped = small(16).classes(10).classDropout(0.1);
      try (PixelCnn prior = prior(dropped, 5)) {
        PlainScores.check(model, prior, noise(9, 8, 8, 1, 1), noise(3, 8, 8, 1, 2), TENTH);
      }
    }
  }

  @Test
  void divergedPriorIsNamed() {
    try (VqVae model = Shapes.model(1, 2);
        PixelCnn prior = small(16).build()) {
      prior.parameters().forEach(p -> p.write(0, new float[] {Float.NaN}, 0, 1));
      assertMessageContains(
          assertThrows(
              NonFiniteException.class,
              () -> AnomalyDetector.calibrate(model, prior, noise(9, 8, 8, 1, 1), TENTH)),
          "the surprise of the codes of image 0",
          "the prior has diverged");
    }
  }
}
