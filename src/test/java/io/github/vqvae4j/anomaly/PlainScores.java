package io.github.vqvae4j.anomaly;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.ImageModel;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.prior.Condition;
import io.github.vqvae4j.prior.PixelCnn;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.quantize.VectorQuantizer;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** An independent implementation of the scores and heat maps of a detector, in plain Java. */
final class PlainScores {
  private static final double TOLERANCE = 1e-4;

  private PlainScores() {}

  /** Returns the three errors of images, smoothed: [error][image][pixel]. */
  private static double[][][] errors(
      ImageModel model, PixelCnn prior, Images images, AnomalyConfig config) {
    Images reconstructed = model.reconstruct(images);
    double[][][] errors = new double[3][images.size()][images.height() * images.width()];
    for (int i = 0; i < images.size(); i++) {
      float[] x = images.image(i).pixels();
      float[] y = reconstructed.image(i).pixels();
      int c = images.channels();
      for (int j = 0; j < x.length; j++) {
        errors[0][i][j / c] += Math.pow((double) x[j] - y[j], 2) / c;
      }
      if (model instanceof VqVae vqVae) {
        errors[1][i] = quantizationErrors(vqVae, images.image(i));
      }
      if (prior != null) {
        errors[2][i] = surprises((VqVae) model, prior, images.image(i));
      }
      for (double[][] error : errors) {
        error[i] = smooth(error[i], images, config);
      }
    }
    return errors;
  }

  private static double[] quantizationErrors(VqVae model, Images image) {
    float[] codebook = ((VectorQuantizer) model.quantizer()).codebook();
    int d = model.quantizer().dimension();
    try (Step step = Step.inference()) {
      Tensor latents =
          model.encoderOutput(
              step.tensor(image.pixels(), 1, image.height(), image.width(), image.channels()));
      float[] z = latents.toFloats();
      int rows = (int) latents.size(1);
      int columns = (int) latents.size(2);
      double[] errors = new double[image.height() * image.width()];
      for (int p = 0; p < errors.length; p++) {
        int row = p / image.width() / (image.height() / rows);
        int column = p % image.width() / (image.width() / columns);
        double nearest = Double.MAX_VALUE;
        for (int k = 0; k < codebook.length / d; k++) {
          double sum = 0;
          for (int j = 0; j < d; j++) {
            sum += Math.pow((double) z[(row * columns + column) * d + j] - codebook[k * d + j], 2);
          }
          nearest = Math.min(nearest, sum / d);
        }
        errors[p] = nearest;
      }
      return errors;
    }
  }

  /** Returns -ln p of the code of each pixel, by the softmax of the logits of one image. */
  private static double[] surprises(VqVae model, PixelCnn prior, Images image) {
    Codes codes = model.encode(image);
    int rows = codes.shape()[1];
    int columns = codes.shape()[2];
    int k = codes.codebookSize();
    double[] ofCodes = new double[rows * columns];
    try (Step step = Step.inference()) {
      double[] logits = prior.logits(codes.in(step), Condition.NONE).toDoubles();
      for (int t = 0; t < ofCodes.length; t++) {
        double sum = 0;
        for (int j = 0; j < k; j++) {
          sum += Math.exp(logits[t * k + j]);
        }
        ofCodes[t] = Math.log(sum) - logits[t * k + codes.values()[t]];
      }
    }
    assertEquals(-prior.logProb(codes, Condition.NONE)[0], Arrays.stream(ofCodes).sum(), TOLERANCE);
    return IntStream.range(0, image.height() * image.width())
        .mapToDouble(
            p ->
                ofCodes[
                    p / image.width() / (image.height() / rows) * columns
                        + p % image.width() / (image.width() / columns)])
        .toArray();
  }

  /** Returns means over the pixels that are not in the border. */
  private static double[] smooth(double[] map, Images images, AnomalyConfig config) {
    int w = images.width();
    int reach = config.smoothing() / 2;
    double[] indices = IntStream.range(0, map.length).asDoubleStream().toArray();
    double[] inside = within(indices, images, config.border());
    double[] means = new double[map.length];
    for (int y = 0; y < images.height(); y++) {
      for (int x = 0; x < w; x++) {
        int count = 0;
        for (double index : inside) {
          int i = (int) index;
          if (Math.abs(i / w - y) <= reach && Math.abs(i % w - x) <= reach) {
            means[y * w + x] += map[i];
            count++;
          }
        }
        means[y * w + x] /= count;
      }
    }
    return means;
  }

  private static double meanOfLargest(double[] map, double fraction) {
    int count = (int) Math.max(1, Math.round(fraction * map.length));
    return Arrays.stream(map)
        .boxed()
        .sorted((a, b) -> Double.compare(b, a))
        .limit(count)
        .mapToDouble(Double::doubleValue)
        .average()
        .getAsDouble();
  }

  private static double standardize(double value, double[] sample) {
    double mean = Arrays.stream(sample).average().getAsDouble();
    double variance =
        Arrays.stream(sample).map(x -> (x - mean) * (x - mean)).average().getAsDouble();
    return (value - mean) / (variance == 0 ? 1 : Math.sqrt(variance));
  }

  /** Returns the pixels that are not in the border. */
  private static double[] within(double[] map, Images images, int border) {
    int width = images.width();
    return IntStream.range(0, map.length)
        .filter(p -> p % width >= border && p % width < width - border)
        .filter(
            p ->
                images.height() == 1 || p / width >= border && p / width < images.height() - border)
        .mapToDouble(p -> map[p])
        .toArray();
  }

  private static boolean isInBorder(int pixel, Images images, int border) {
    double[] marked = new double[images.height() * images.width()];
    marked[pixel] = 1;
    return Arrays.stream(within(marked, images, border)).sum() == 0;
  }

  /** Compares scores and heat maps with those of the formulas, without a prior. */
  static void check(ImageModel model, Images normals, Images images, AnomalyConfig config) {
    double w = model instanceof VqVae ? config.quantizationWeight() : 0;
    check(
        AnomalyDetector.calibrate(model, normals, config),
        errors(model, null, normals, config),
        errors(model, null, images, config),
        normals,
        images,
        new double[] {1 - w, w, 0});
  }

  /** Compares scores and heat maps with those of the formulas, with a prior. */
  static void check(
      VqVae model, PixelCnn prior, Images normals, Images images, AnomalyConfig config) {
    double w = config.quantizationWeight();
    double v = config.surpriseWeight();
    check(
        AnomalyDetector.calibrate(model, prior, normals, config),
        errors(model, prior, normals, config),
        errors(model, prior, images, config),
        normals,
        images,
        new double[] {(1 - v) * (1 - w), (1 - v) * w, v});
  }

  private static void check(
      AnomalyDetector detector,
      double[][][] normal,
      double[][][] other,
      Images normals,
      Images images,
      double[] weights) {
    AnomalyConfig config = detector.config();
    double[][] imageErrors = new double[3][];
    double[][] pixelErrors = new double[3][];
    for (int e = 0; e < 3; e++) {
      double[][] inner =
          Arrays.stream(normal[e])
              .map(map -> within(map, normals, config.border()))
              .toArray(double[][]::new);
      imageErrors[e] =
          Arrays.stream(inner)
              .mapToDouble(map -> meanOfLargest(map, config.topFraction()))
              .toArray();
      pixelErrors[e] = Arrays.stream(inner).flatMapToDouble(Arrays::stream).toArray();
    }
    List<AnomalyScore> scores = detector.scores(images);
    float[] heat = detector.heatMap(images).pixels();
    assertEquals(images.size(), scores.size());
    assertEquals(images.size() * images.height() * images.width(), heat.length);
    for (int i = 0; i < images.size(); i++) {
      AnomalyScore score = scores.get(i);
      double[] actual = {score.reconstruction(), score.quantization(), score.surprise()};
      double total = 0;
      for (int e = 0; e < 3; e++) {
        double[] inner = within(other[e][i], images, config.border());
        double expected = standardize(meanOfLargest(inner, config.topFraction()), imageErrors[e]);
        assertEquals(expected, actual[e], TOLERANCE * (1 + Math.abs(expected)), "error " + e);
        total += weights[e] * expected;
      }
      assertEquals(total, score.total(), TOLERANCE * (1 + Math.abs(total)));
      int pixels = other[0][i].length;
      for (int p = 0; p < pixels; p += 7) {
        double expected = 0;
        for (int e = 0; e < 3; e++) {
          expected += weights[e] * standardize(other[e][i][p], pixelErrors[e]);
        }
        float actualHeat = heat[i * pixels + p];
        if (isInBorder(p, images, config.border())) {
          assertEquals(0, actualHeat);
          assertTrue(actualHeat < detector.heatThreshold());
        } else {
          assertEquals(expected, actualHeat, TOLERANCE * (1 + Math.abs(expected)));
        }
      }
    }
  }
}
