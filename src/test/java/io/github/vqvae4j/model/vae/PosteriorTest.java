package io.github.vqvae4j.model.vae;

import static java.util.Arrays.stream;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PosteriorTest {
  private static final double[] MEANS = {0, 1.5, -0.3, 2, 0, -4};
  private static final double[] LOG_VARIANCES = {0, 0, -3, 1.2, -8, 0.7};

  /** Returns the integral of q log q/p over 12 standard deviations, by the trapezoidal rule. */
  private static double integral(double mean, double logVariance) {
    double sigma = Math.exp(logVariance / 2);
    int steps = 4000;
    double width = 24 * sigma / steps;
    double sum = 0;
    for (int i = 0; i <= steps; i++) {
      double z = mean - 12 * sigma + i * width;
      double eps = (z - mean) / sigma;
      double logQ = -eps * eps / 2 - Math.log(2 * Math.PI) / 2 - logVariance / 2;
      double logP = -z * z / 2 - Math.log(2 * Math.PI) / 2;
      sum += Math.exp(logQ) * (logQ - logP) * width;
    }
    return sum;
  }

  @Test
  void klDivergenceMatchesNumericalIntegration() {
    try (Step step = Step.inference()) {
      Posterior posterior =
          new Posterior(step.tensor(MEANS, 2, 3), step.tensor(LOG_VARIANCES, 2, 3));
      double[] kl = posterior.kl().toDoubles();
      for (int i = 0; i < 3; i++) {
        double first = integral(MEANS[i], LOG_VARIANCES[i]);
        double second = integral(MEANS[i + 3], LOG_VARIANCES[i + 3]);
        assertEquals((first + second) / 2, kl[i], 1e-9);
      }
      assertEquals(0, integral(0, 0), 1e-12);
    }
  }

  /** min(max(x, -30), 20), with gradient 1 within the bounds and 0 outside. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void logVarianceIsClamped(DType dtype) {
    double[] given = {-1e30, -30.5, -30, -29, 0, 19, 20, 20.5, 200, 1e30};
    double[] expected = {-30, -30, -30, -29, 0, 19, 20, 20, 20, 20};
    double[] slope = {0, 0, 1, 1, 1, 1, 1, 0, 0, 0};
    try (Values variable = new Values(new float[given.length], 1, given.length);
        Step step = Step.training(new Rng(1))) {
      variable.convert(dtype);
      variable.set(given);
      Tensor mean = variable.in(step).mul(0);
      Posterior posterior = Posterior.of(mean, variable.in(step));
      assertArrayEquals(expected, posterior.logVariance().toDoubles(), 1e-12);
      for (double kl : posterior.kl().toDoubles()) {
        assertTrue(Double.isFinite(kl), "" + kl);
      }
      posterior.logVariance().sum().backward();
      assertArrayEquals(slope, step.gradient(variable).toDoubles());
    }
  }

  private static final class Values extends Variable {
    Values(float[] values, long... shape) {
      super(true, values, shape);
    }
  }

  /**
   * The noise of an image depends on its index, not on its position in a batch, and differs between
   * images.
   */
  @Test
  void noiseDependsOnTheImageIndexOnly() {
    try (Step step = Step.inference()) {
      Tensor zeros = step.tensor(new double[5 * 3], 5, 3);
      double[] whole = new Posterior(zeros, zeros).sample(7, 100).toDoubles();
      for (int i = 0; i < 5; i++) {
        Tensor one = step.tensor(new double[3], 1, 3);
        double[] alone = new Posterior(one, one).sample(7, 100 + i).toDoubles();
        assertArrayEquals(Arrays.copyOfRange(whole, 3 * i, 3 * i + 3), alone);
      }
      assertEquals(15, stream(whole).distinct().count());
      double[] otherSeed = new Posterior(zeros, zeros).sample(8, 100).toDoubles();
      assertEquals(30, DoubleStream.concat(stream(whole), stream(otherSeed)).distinct().count());
    }
  }

  @Test
  void noiseByImageIndexIsStandardNormal() {
    int count = 20_000;
    try (Step step = Step.inference()) {
      Tensor zeros = step.tensor(new double[count], count, 1);
      double[] z = new Posterior(zeros, zeros).sample(7, 0).toDoubles();
      double mean = Arrays.stream(z).average().orElseThrow();
      double variance = Arrays.stream(z).map(v -> v * v).average().orElseThrow() - mean * mean;
      double next = 0;
      for (int i = 1; i < count; i++) {
        next += z[i] * z[i - 1] / count;
      }
      assertEquals(0, mean, 0.03);
      assertEquals(1, variance, 0.04);
      assertEquals(0, next, 0.03, "adjacent values are independent");
    }
  }

  @Test
  void samplesHaveTheRightMeanAndVariance() {
    int count = 20_000;
    float[] means = new float[2 * count];
    float[] logVariances = new float[2 * count];
    for (int i = 0; i < count; i++) {
      means[2 * i] = 3;
      logVariances[2 * i + 1] = (float) Math.log(0.25);
    }
    try (Step step = Step.training(new Rng(5))) {
      Posterior posterior =
          new Posterior(step.tensor(means, count, 2), step.tensor(logVariances, count, 2));
      float[] z = posterior.sample().toFloats();
      double[] sums = new double[2];
      double[] squares = new double[2];
      for (int i = 0; i < z.length; i++) {
        sums[i % 2] += z[i] / count;
        squares[i % 2] += (double) z[i] * z[i] / count;
      }
      assertEquals(3, sums[0], 0.03);
      assertEquals(0, sums[1], 0.015);
      assertEquals(1, squares[0] - sums[0] * sums[0], 0.04);
      assertEquals(0.25, squares[1] - sums[1] * sums[1], 0.01);
    }
  }

  @Test
  void gradientsFlowToMeanAndLogVariance() {
    try (Step step = Step.training(new Rng(1))) {
      Tensor mean = step.tensor(new double[] {1, 2}, 1, 2).requireGradient();
      Tensor logVariance = step.tensor(new double[] {0, Math.log(4)}, 1, 2).requireGradient();
      new Posterior(mean, logVariance).sample(new double[] {0.5, -1}).sum().backward();
      double[] meanGradient = mean.gradient().toDoubles();
      double[] logVarianceGradient = logVariance.gradient().toDoubles();
      assertEquals(1, meanGradient[0], 1e-12);
      assertEquals(1, meanGradient[1], 1e-12);
      assertEquals(0.5 * 0.5, logVarianceGradient[0], 1e-12, "sigma eps / 2");
      assertEquals(2 * -1 * 0.5, logVarianceGradient[1], 1e-12);
      assertTrue(logVarianceGradient[1] < 0);
    }
  }
}
