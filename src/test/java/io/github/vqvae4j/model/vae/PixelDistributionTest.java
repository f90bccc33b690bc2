package io.github.vqvae4j.model.vae;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PixelDistributionTest {
  private static final double[] PIXELS = {0, 1, 0.25, 0.9, 1, 0, 0.5, 0.1, 1, 0, 0.7, 0.3};
  private static final double[] DECODED = {
    -2, 3, 0.5, -0.1, 0.2, -0.4, 1.5, -6, 30, -30, 0.05, 0.01
  };

  private static double[] negativeLogLikelihood(Likelihood likelihood) {
    try (PixelDistribution distribution = new PixelDistribution(likelihood);
        Step step = Step.inference()) {
      distribution.convert(DType.DOUBLE);
      return distribution
          .negativeLogLikelihood(step.tensor(DECODED, 2, 2, 3, 1), step.tensor(PIXELS, 2, 2, 3, 1))
          .toDoubles();
    }
  }

  @Test
  void bernoulliIsTheBinaryCrossEntropy() {
    double[] expected = new double[2];
    for (int i = 0; i < PIXELS.length; i++) {
      double white = 1 / (1 + Math.exp(-DECODED[i]));
      double black = 1 / (1 + Math.exp(DECODED[i]));
      expected[i / 6] -= PIXELS[i] * Math.log(white) + (1 - PIXELS[i]) * Math.log(black);
    }
    assertArrayEquals(expected, negativeLogLikelihood(Likelihood.bernoulli()), 1e-10);
  }

  @ParameterizedTest
  @CsvSource({"GAUSSIAN, 0.01", "GAUSSIAN, 2", "LEARNED_GAUSSIAN, 0.25", "LEARNED_GAUSSIAN, 1"})
  void gaussianIncludesTheConstants(Likelihood.Kind kind, double variance) {
    double[] expected = new double[2];
    for (int i = 0; i < PIXELS.length; i++) {
      double difference = PIXELS[i] - (DECODED[i] + 0.5);
      expected[i / 6] +=
          difference * difference / (2 * variance) + Math.log(2 * Math.PI * variance) / 2;
    }
    double[] actual = negativeLogLikelihood(new Likelihood(kind, variance));
    for (int i = 0; i < 2; i++) {
      // The logarithm of a learned variance is initialized in float.
      assertEquals(expected[i], actual[i], 1e-6 * Math.abs(expected[i]));
    }
  }

  @Test
  void gradientOfTheLearnedVarianceIsAnalytic() {
    try (PixelDistribution distribution = new PixelDistribution(Likelihood.learnedGaussian(0.5))) {
      double squares = 0;
      double gradient;
      try (Step step = Step.training(new Rng(1))) {
        Tensor decoded = step.tensor(floats(DECODED), 2, 2, 3, 1);
        Tensor pixels = step.tensor(floats(PIXELS), 2, 2, 3, 1);
        distribution.negativeLogLikelihood(decoded, pixels).mean().backward();
        gradient = step.gradient(distribution.parameters().get(0)).item();
      }
      for (int i = 0; i < PIXELS.length; i++) {
        squares += Math.pow(PIXELS[i] - (DECODED[i] + 0.5), 2);
      }
      // d/ds of (sum / e^s + 6 s) / 2 for each image, s = log sigma^2.
      assertEquals((6 - squares / 2 / 0.5) / 2, gradient, 1e-3 * Math.abs(gradient));
    }
  }

  @Test
  void largeLogitsStayFinite() {
    try (PixelDistribution distribution = new PixelDistribution(Likelihood.bernoulli());
        Step step = Step.training(new Rng(1))) {
      Tensor decoded =
          step.tensor(new float[] {-500, 500, 500, -500}, 1, 2, 2, 1).requireGradient();
      Tensor pixels = step.tensor(new float[] {0, 1, 0, 1}, 1, 2, 2, 1);
      Tensor sum = distribution.negativeLogLikelihood(decoded, pixels).mean();
      assertEquals(1000, sum.item(), 1e-3);
      sum.backward();
      assertArrayEquals(new float[] {0, 0, 1, -1}, decoded.gradient().toFloats(), 1e-6f);
    }
  }

  private static float[] floats(double[] doubles) {
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  @Test
  void invalidVariancesAreRejected() {
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Likelihood.gaussian(0)),
        "above 0",
        "got 0.0",
        "in [0, 1]");
    assertThrows(IllegalArgumentException.class, () -> Likelihood.learnedGaussian(Double.NaN));
  }
}
