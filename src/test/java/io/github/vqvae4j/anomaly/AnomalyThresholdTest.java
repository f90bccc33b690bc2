package io.github.vqvae4j.anomaly;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.io.BadFileException;
import io.github.vqvae4j.model.blocks.ConvDecoder;
import io.github.vqvae4j.model.blocks.ConvEncoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Parameter;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.train.CapturedLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Thresholds are exact: with float heat maps, ties and errors that do not vary. */
class AnomalyThresholdTest {
  private static final int SIDE = 12;

  private VqVae model;
  private PixelCnn prior;

  @TempDir private Path folder;

  @BeforeEach
  void build() {
    model =
        VqVae.builder()
            .encoder(ConvEncoder.channels(1).hidden(4).downsample(1).residual(0, 1))
            .quantizer(VectorQuantizer.ema(6, 2).init(Initialization.NORMAL))
            .decoder(ConvDecoder.channels(1).hidden(4).upsample(1).residual(0, 1))
            .build();
    prior = PixelCnn.forCodesOf(model).layers(1).channels(4).build();
    for (Parameter parameter : prior.parameters()) {
      parameter.set(new float[Math.toIntExact(parameter.size())]);
    }
  }

  @AfterEach
  void close() {
    prior.close();
    model.close();
  }

  private static Images noise(int count, long seed) {
    Rng rng = new Rng(seed);
    float[] pixels = new float[count * SIDE * SIDE];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = rng.nextFloat();
    }
    return Images.of(pixels, count, SIDE, SIDE, 1);
  }

  private static long above(Images heat, double threshold) {
    int pixels = SIDE * SIDE;
    long count = 0;
    for (int i = 0; i < heat.size(); i++) {
      float[] image = Arrays.copyOfRange(heat.pixels(), i * pixels, (i + 1) * pixels);
      boolean isAbove = false;
      for (float value : image) {
        isAbove |= value > threshold;
      }
      count += isAbove ? 1 : 0;
    }
    return count;
  }

  @ParameterizedTest
  @CsvSource({"9, 0.1, 0", "20, 0.1, 1", "20, 0.2, 3", "33, 0.5, 16"})
  void fewerNormalImagesThanTheRankAreAbove(int count, double rate, int expected) {
    for (int seed = 0; seed < 12; seed++) {
      Images normals = noise(count, seed);
      AnomalyDetector detector =
          AnomalyDetector.calibrate(model, normals, AnomalyConfig.falsePositiveRate(rate));
      assertEquals(expected, above(detector.heatMap(normals), detector.heatThreshold()));
      assertEquals(
          expected, detector.scores(normals).stream().filter(detector::isAnomalous).count());
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 0.5, 1 normal image", "20, 0.1, 20 normal images"})
  void equalImagesAreNotAboveTheirThreshold(int count, double rate, String images) {
    float[] gray = new float[count * SIDE * SIDE];
    Arrays.fill(gray, 0.3f);
    Images normals = Images.of(gray, count, SIDE, SIDE, 1);
    try (CapturedLog log = new CapturedLog(AnomalyDetector.class)) {
      AnomalyDetector detector =
          AnomalyDetector.calibrate(model, normals, AnomalyConfig.falsePositiveRate(rate));
      assertEquals(0, above(detector.heatMap(normals), detector.heatThreshold()));
      assertTrue(detector.scores(normals).stream().noneMatch(detector::isAnomalous));
      assertEquals(1, log.warnings().size());
      assertTrue(
          log.warnings()
              .get(0)
              .startsWith(
                  "The standard deviation of the reconstruction error and the quantization error"
                      + " over "
                      + images
                      + " is 0, "));
    }
  }

  /** A prior without parameters has the surprise ln K everywhere, whose means vary by rounding. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 7})
  void aConstantSurpriseAddsNothing(int smoothing) {
    Images normals = noise(40, 3);
    AnomalyConfig config = AnomalyConfig.falsePositiveRate(0.1).smoothing(smoothing);
    AnomalyDetector without = AnomalyDetector.calibrate(model, normals, config);
    AnomalyDetector with = AnomalyDetector.calibrate(model, prior, normals, config);
    float[] expected = without.heatMap(normals).pixels();
    float[] actual = with.heatMap(normals).pixels();
    for (int i = 0; i < expected.length; i++) {
      assertEquals(0.25 * expected[i], actual[i], 1e-6);
    }
    assertEquals(0.25 * without.heatThreshold(), with.heatThreshold(), 1e-6);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"priorChecksum\": -1','\"priorChecksum\": -2'",
    "'\"surpriseWeight\": 0.0','\"surpriseWeight\": 0.5'",
    "'\"normalImages\": 40','\"normalImages\": 1'",
    "'\"reconstructionMean\": ','\"reconstructionMean\": -'",
    "'\"surpriseStandardDeviation\": 0.0','\"surpriseStandardDeviation\": 1e-320'",
    "'\"surpriseStandardDeviation\": 0.0','\"surpriseStandardDeviation\": 0.5'",
    "'\"surpriseStandardDeviation\": 0.0','\"surpriseStandardDeviation\": -0.5'",
    "'\"surpriseMean\": 0.0','\"surpriseMean\": 1e999'",
    "'\"version\": 2','\"version\": 0'"
  })
  void filesThatNoDetectorHasWrittenAreRejected(String text, String other) throws IOException {
    Path file = folder.resolve("detector.json");
    AnomalyConfig config = AnomalyConfig.falsePositiveRate(0.1);
    AnomalyDetector.calibrate(model, noise(40, 3), config).save(file);
    String json = Files.readString(file);
    assertTrue(json.contains(text), json);
    AnomalyDetector.load(file, model);
    Files.writeString(file, json.replace(text, other));
    assertThrows(BadFileException.class, () -> AnomalyDetector.load(file, model));
  }

  @Test
  void messages() {
    AnomalyConfig config = AnomalyConfig.falsePositiveRate(0.1);
    assertMessageContains(
        assertThrows(
            NullPointerException.class,
            () -> AnomalyDetector.calibrate(model, null, noise(9, 1), config)),
        "expected a prior, got null");
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            () -> AnomalyDetector.calibrate(model, noise(9, 1).range(0, 0), config));
    assertFalse(e.getMessage().contains("enough only"), e::getMessage);
  }
}
