package io.github.vqvae4j.model.vae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.blocks.DenseDecoder;
import io.github.vqvae4j.model.blocks.DenseEncoder;
import io.github.vqvae4j.random.Rng;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/**
 * With a linear decoder and Gaussian noise, x is Gaussian, N(b + 1/2, W^T W + sigma^2 I), so its
 * density is known.
 */
class ImportanceSamplingTest {
  private static final double VARIANCE = 0.3;

  /** Orthogonal rows, for which the exact posterior has a diagonal covariance. */
  private static final double[][] ORTHOGONAL = {{0.6, -0.3, 0.2}, {0.2, 0.4, 0}};

  private static final double[][] OBLIQUE = {{0.6, -0.3, 0.2}, {0.5, 0.1, -0.4}};
  private static final double[] BIAS = {0.1, -0.2, 0.05};
  private static final Images IMAGES =
      Images.of(new float[] {0.2f, 0.9f, 0.4f, 1, 0, 0.5f, 0.55f, 0.3f, 0.6f}, 3, 1, 3, 1);

  /**
   * Returns a model whose encoder computes N(factor * exact mean of each dimension alone,
   * exp(logVariance)).
   */
  private static Vae model(double[][] w, double factor, double[] logVariances) {
    Vae model =
        Vae.builder()
            .encoder(DenseEncoder.images(1, 3, 1).linear())
            .decoder(DenseDecoder.images(1, 3, 1).linear())
            .latent(2)
            .likelihood(Likelihood.gaussian(VARIANCE))
            .build();
    double[] encoder = new double[3 * 4];
    double[] encoderBias = new double[4];
    double[] decoder = new double[2 * 3];
    for (int d = 0; d < 2; d++) {
      double spread = posteriorVariance(w[d]);
      for (int i = 0; i < 3; i++) {
        decoder[d * 3 + i] = w[d][i];
        encoder[i * 4 + d] = factor * spread * w[d][i] / VARIANCE;
        encoderBias[d] -= factor * spread * w[d][i] / VARIANCE * BIAS[i];
      }
      encoderBias[2 + d] = logVariances[d];
    }
    model.variables().get("encoder.project.weight").set(encoder);
    model.variables().get("encoder.project.bias").set(encoderBias);
    model.variables().get("decoder.project.weight").set(decoder);
    model.variables().get("decoder.project.bias").set(BIAS);
    return model;
  }

  private static double posteriorVariance(double[] row) {
    return 1 / (1 + Arrays.stream(row).map(v -> v * v).sum() / VARIANCE);
  }

  /** Returns log N(x; b + 1/2, W^T W + sigma^2 I) of each image, by Cramer's rule. */
  private static double[] exact(double[][] w) {
    double[][] c = new double[3][3];
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        c[i][j] = w[0][i] * w[0][j] + w[1][i] * w[1][j] + (i == j ? VARIANCE : 0);
      }
    }
    double[] results = new double[3];
    float[] pixels = IMAGES.pixels();
    for (int image = 0; image < 3; image++) {
      double[] x = new double[3];
      for (int i = 0; i < 3; i++) {
        x[i] = pixels[3 * image + i] - 0.5 - BIAS[i];
      }
      double square = 0;
      for (int i = 0; i < 3; i++) {
        double[][] replaced = new double[3][];
        for (int row = 0; row < 3; row++) {
          replaced[row] = c[row].clone();
          replaced[row][i] = x[row];
        }
        square += x[i] * determinant(replaced) / determinant(c);
      }
      results[image] = -(square + Math.log(determinant(c)) + 3 * Math.log(2 * Math.PI)) / 2;
    }
    return results;
  }

  private static double determinant(double[][] m) {
    return m[0][0] * (m[1][1] * m[2][2] - m[1][2] * m[2][1])
        - m[0][1] * (m[1][0] * m[2][2] - m[1][2] * m[2][0])
        + m[0][2] * (m[1][0] * m[2][1] - m[1][1] * m[2][0]);
  }

  @Test
  void estimateIsExactWithTheExactPosterior() {
    double[] logVariances = {
      Math.log(posteriorVariance(ORTHOGONAL[0])), Math.log(posteriorVariance(ORTHOGONAL[1]))
    };
    try (Vae model = model(ORTHOGONAL, 1, logVariances)) {
      for (int samples : new int[] {1, 2, 7}) {
        double[] estimate = model.logLikelihood(IMAGES, samples, new Rng(samples));
        assertArrayEquals(exact(ORTHOGONAL), estimate, 2e-6);
      }
    }
  }

  @Test
  void estimateConvergesFromBelowWithAnotherPosterior() {
    double[] exact = exact(OBLIQUE);
    try (Vae model = model(OBLIQUE, 0.3, new double[] {0.2, -0.5})) {
      double[] previous = {Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY, -1e9};
      for (int samples : new int[] {1, 4, 16}) {
        double[] mean = new double[3];
        int repeats = 1024 / samples;
        Rng rng = new Rng(11);
        for (int i = 0; i < repeats; i++) {
          double[] estimate = model.logLikelihood(IMAGES, samples, rng);
          for (int image = 0; image < 3; image++) {
            mean[image] += estimate[image] / repeats;
          }
        }
        for (int image = 0; image < 3; image++) {
          assertTrue(mean[image] > previous[image], samples + ": " + mean[image]);
          assertTrue(mean[image] < exact[image] + 0.01, samples + ": " + mean[image]);
        }
        previous = mean;
      }
      assertArrayEquals(exact, model.logLikelihood(IMAGES, 8000, new Rng(3)), 0.02);
    }
  }

  @Test
  void logMeanExpDoesNotOverflow() {
    assertEquals(
        -2000 + Math.log(0.75),
        ImportanceSampling.logMeanExp(new double[] {-2000, -2000 + Math.log(0.5)}),
        1e-12);
    assertEquals(3000, ImportanceSampling.logMeanExp(new double[] {3000, 3000, 3000}), 1e-12);
    assertEquals(
        Math.log((Math.exp(1) + Math.exp(2)) / 2),
        ImportanceSampling.logMeanExp(new double[] {1, 2}),
        1e-12);
  }

  @Test
  void dataSetOfSeveralChunksIsEstimated() {
    try (Vae model = LatentModels.vae(3).build()) {
      double[] all = model.logLikelihood(Shapes.rectangles(70, 8, 1, 4), 3, new Rng(1));
      assertEquals(70, all.length);
      for (double one : all) {
        assertTrue(one < 0 && one > -200, () -> "64 pixels of about 0.7 nats, got " + one);
      }
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class,
              () -> model.logLikelihood(Shapes.rectangles(1, 8, 1, 4), 0, new Rng(1))),
          "at least 1 sample",
          "got 0");
    }
  }
}
