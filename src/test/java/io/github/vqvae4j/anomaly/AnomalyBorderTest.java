package io.github.vqvae4j.anomaly;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.blocks.Decoder;
import io.github.vqvae4j.model.blocks.Encoder;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.nn.Conv2d;
import io.github.vqvae4j.nn.ConvConfig;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.quantize.VectorQuantizerConfig.Initialization;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Errors in the border have no effect, also with smoothing. */
class AnomalyBorderTest {
  /** A model that encodes and decodes each pixel on its own. */
  private static VqVae pixelwise() {
    Conv2d in = new Conv2d(ConvConfig.of(1, 2, 1), new Rng(3));
    Conv2d out = new Conv2d(ConvConfig.of(2, 1, 1), new Rng(4));
    return VqVae.builder()
        .encoder(
            new Encoder() {
              private final Conv2d layer = child("layer", in);

              @Override
              protected Tensor compute(Tensor images) {
                return layer.forward(images);
              }
            })
        .quantizer(VectorQuantizer.ema(5, 2).init(Initialization.NORMAL))
        .decoder(
            new Decoder() {
              private final Conv2d layer = child("layer", out);

              @Override
              protected Tensor compute(Tensor latents) {
                return layer.forward(latents);
              }
            })
        .build();
  }

  private static Images noise(int count, int height, int width, long seed) {
    float[] pixels = new float[count * height * width];
    new Rng(seed).fillUniform(pixels, 0, pixels.length);
    return Images.of(pixels, count, height, width, 1);
  }

  private static boolean isInside(int y, int x, int height, int width, int border) {
    boolean isInRows = height == 1 || y >= border && y < height - border;
    return isInRows && x >= border && x < width - border;
  }

  /** Returns the mean over the smoothed errors inside the border, from the formula. */
  private static double expectedError(float[] errors, int height, int width, int k, int border) {
    double total = 0;
    int pixels = 0;
    for (int p = 0; p < errors.length; p++) {
      if (!isInside(p / width, p % width, height, width, border)) {
        continue;
      }
      double sum = 0;
      int count = 0;
      for (int n = 0; n < errors.length; n++) {
        boolean isNear =
            Math.abs(n / width - p / width) <= k / 2 && Math.abs(n % width - p % width) <= k / 2;
        if (isNear && isInside(n / width, n % width, height, width, border)) {
          sum += errors[n];
          count++;
        }
      }
      total += sum / count;
      pixels++;
    }
    return total / pixels;
  }

  private static double[] expectedErrors(VqVae model, Images images, int k, int border) {
    double[] means = new double[images.size()];
    for (int i = 0; i < means.length; i++) {
      float[] x = images.image(i).pixels();
      float[] decoded = model.reconstruct(images.image(i)).pixels();
      float[] errors = new float[x.length];
      for (int p = 0; p < x.length; p++) {
        errors[p] = (x[p] - decoded[p]) * (x[p] - decoded[p]);
      }
      means[i] = expectedError(errors, images.height(), images.width(), k, border);
    }
    return means;
  }

  @ParameterizedTest
  @CsvSource({"11, 13, 3, 9", "11, 13, 3, 3", "1, 20, 4, 7"})
  void errorsInTheBorderHaveNoEffect(int height, int width, int border, int smoothing) {
    AnomalyConfig config =
        AnomalyConfig.falsePositiveRate(0.1)
            .quantizationWeight(0.5)
            .smoothing(smoothing)
            .border(border);
    Images normals = noise(12, height, width, 1);
    Images images = noise(3, height, width, 2);
    float[] pixels = images.pixels().clone();
    for (int p = 0; p < pixels.length; p++) {
      if (!isInside(p / width % height, p % width, height, width, border)) {
        pixels[p] = 1 - 0.3f * pixels[p];
      }
    }
    Images edges = Images.of(pixels.clone(), 3, height, width, 1);
    pixels[height / 2 * width + width / 2] += 0.5f;
    Images inside = Images.of(pixels, 3, height, width, 1);
    try (VqVae model = pixelwise()) {
      AnomalyDetector detector = AnomalyDetector.calibrate(model, normals, config);
      assertEquals(detector.scores(images), detector.scores(edges));
      assertArrayEquals(detector.heatMap(images).pixels(), detector.heatMap(edges).pixels());
      assertNotEquals(detector.scores(images), detector.scores(inside));
    }
  }

  @ParameterizedTest
  @CsvSource({"11, 13, 3, 9", "11, 13, 3, 3", "1, 20, 4, 7"})
  void meansAreOverThePixelsInside(int height, int width, int border, int smoothing) {
    AnomalyConfig config =
        AnomalyConfig.falsePositiveRate(0.1)
            .quantizationWeight(0)
            .smoothing(smoothing)
            .border(border);
    Images normals = noise(12, height, width, 1);
    Images images = noise(3, height, width, 2);
    try (VqVae model = pixelwise()) {
      AnomalyDetector detector = AnomalyDetector.calibrate(model, normals, config);
      double[] normal = expectedErrors(model, normals, smoothing, border);
      double mean = Arrays.stream(normal).average().orElseThrow();
      double deviation =
          Math.sqrt(
              Arrays.stream(normal).map(e -> (e - mean) * (e - mean)).average().orElseThrow());
      double[] other = expectedErrors(model, images, smoothing, border);
      for (int i = 0; i < other.length; i++) {
        double expected = (other[i] - mean) / deviation;
        assertEquals(expected, detector.scores(images).get(i).reconstruction(), 1e-4);
      }
    }
  }
}
