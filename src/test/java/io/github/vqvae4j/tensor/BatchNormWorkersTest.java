package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.tensor.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.DelayedCommunicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.RngKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Compares batch normalization of shares of a batch with the formulas for the whole batch. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // waits are uninterruptible
class BatchNormWorkersTest {
  private static final double EPSILON = 1e-5;
  private static final long SEED = Long.getLong("vqvae4j.seed", System.nanoTime());

  /** A batch, split into shares of examples, with the gradient of the result. */
  private record Case(
      int[] shares, int pixels, int channels, double[] x, double[] dy, double[] weight) {
    static Case random(Random random, double mean, double deviation, int pixels, int... shares) {
      int channels = pick(random, 1, 2, 5, 37, pixels < 20 ? 1031 : 3);
      int length = Arrays.stream(shares).sum() * pixels * channels;
      return new Case(
          shares,
          pixels,
          channels,
          floats(random, mean, deviation, length),
          floats(random, 0, 1, length),
          floats(random, 1, 0.5, channels));
    }

    /** Values that are floats, so that FLOAT and DOUBLE compute with the same ones. */
    private static double[] floats(Random random, double mean, double deviation, int length) {
      return random.doubles(length).map(u -> (float) (mean + deviation * (4 * u - 2))).toArray();
    }

    int first(int rank) {
      return Arrays.stream(shares).limit(rank).sum() * pixels * channels;
    }

    double[] share(double[] values, int rank) {
      return Arrays.copyOfRange(values, first(rank), first(rank + 1));
    }

    long count() {
      return x.length / channels;
    }

    @Override
    public String toString() {
      return "shares " + Arrays.toString(shares) + " of [" + pixels + ", " + channels + "]";
    }
  }

  /** What the workers compute; dWeight and dBias are summed over them. */
  private record Result(
      double[] y, double[] dx, double[] dWeight, double[] dBias, double[] mean, double[] variance) {
    static Result empty(Case c) {
      int n = c.channels;
      return new Result(
          new double[c.x.length],
          new double[c.x.length],
          new double[n],
          new double[n],
          new double[n],
          new double[n]);
    }

    List<double[]> all() {
      return List.of(y, dx, dWeight, dBias, mean, variance);
    }
  }

  private static int pick(Random random, int... values) {
    return values[random.nextInt(values.length)];
  }

  /** Algorithm 1 of Ioffe and Szegedy (2015), and its gradients by their chain rule. */
  private static Result expected(Case c) {
    Result r = Result.empty(c);
    double n = c.count();
    for (int channel = 0; channel < c.channels; channel++) {
      double w = c.weight[channel];
      double mean = 0;
      for (int i = channel; i < c.x.length; i += c.channels) {
        mean += c.x[i] / n;
      }
      double variance = 0;
      for (int i = channel; i < c.x.length; i += c.channels) {
        variance += (c.x[i] - mean) * (c.x[i] - mean) / n;
      }
      double deviation = Math.sqrt(variance + EPSILON);
      double dVariance = 0;
      double dMean = 0;
      for (int i = channel; i < c.x.length; i += c.channels) {
        double difference = c.x[i] - mean;
        r.y[i] = difference / deviation * w + channel;
        r.dWeight[channel] += c.dy[i] * difference / deviation;
        r.dBias[channel] += c.dy[i];
        dVariance -= c.dy[i] * w * difference / (2 * deviation * deviation * deviation);
        dMean -= c.dy[i] * w / deviation;
      }
      for (int i = channel; i < c.x.length; i += c.channels) {
        r.dx[i] = c.dy[i] * w / deviation + dVariance * 2 * (c.x[i] - mean) / n + dMean / n;
      }
      r.mean[channel] = mean;
      r.variance[channel] = variance;
    }
    return r;
  }

  private static Result actual(Case c, KernelSet kernels, DType dtype, boolean affine) {
    Result[] results = new Result[c.shares.length];
    try (Workers workers = new Workers(c.shares.length)) {
      workers.run(worker -> results[worker.rank()] = share(c, kernels, dtype, affine, worker));
    }
    Result sum = Result.empty(c);
    for (int rank = 0; rank < results.length; rank++) {
      Result r = results[rank];
      System.arraycopy(r.y, 0, sum.y, c.first(rank), r.y.length);
      System.arraycopy(r.dx, 0, sum.dx, c.first(rank), r.dx.length);
      for (int i = 0; i < c.channels; i++) {
        sum.dWeight[i] += r.dWeight[i];
        sum.dBias[i] += r.dBias[i];
      }
      assertArrayEquals(results[0].mean, r.mean, "same bits on all workers");
      assertArrayEquals(results[0].variance, r.variance, "same bits on all workers");
    }
    System.arraycopy(results[0].mean, 0, sum.mean, 0, c.channels);
    System.arraycopy(results[0].variance, 0, sum.variance, 0, c.channels);
    return sum;
  }

  private static Result share(
      Case c, KernelSet kernels, DType dtype, boolean affine, Communicator worker) {
    int rank = worker.rank();
    Communicator delayed = new DelayedCommunicator(worker, System.nanoTime());
    try (Step step = kernels.training(new RngKey(1, 0, c.first(rank)), delayed)) {
      long[] shape = {c.shares[rank], c.pixels, 1, c.channels};
      Tensor x = tensor(step, dtype, c.share(c.x, rank), shape).requireGradient();
      double[] biases = new double[c.channels];
      Arrays.setAll(biases, i -> i);
      Tensor weight = tensor(step, dtype, c.weight, c.channels).requireGradient();
      Tensor bias = tensor(step, dtype, biases, c.channels).requireGradient();
      NormalizationResult normalized =
          affine ? x.batchNorm(weight, bias, EPSILON) : x.batchNorm(EPSILON);
      Tensor y = affine ? normalized.output() : normalized.output().mul(weight).add(bias);
      assertEquals(c.count(), normalized.count());
      y.mul(tensor(step, dtype, c.share(c.dy, rank), shape)).sum().backward();
      return new Result(
          y.toDoubles(),
          x.gradient().toDoubles(),
          weight.gradient().toDoubles(),
          bias.gradient().toDoubles(),
          normalized.mean().toDoubles(),
          normalized.variance().toDoubles());
    }
  }

  private static Tensor tensor(Step step, DType dtype, double[] values, long... shape) {
    return Tensors.of(step, dtype, new NdArray(values, shape));
  }

  private static void assertResult(Result expected, Result actual, double tolerance, String what) {
    String[] names = {"y", "dx", "dWeight", "dBias", "mean", "variance"};
    for (int i = 0; i < names.length; i++) {
      assertClose(expected.all().get(i), actual.all().get(i), tolerance, what + " " + names[i]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void sharesAreNormalizedWithTheStatisticsOfTheBatch(KernelSet kernels) {
    System.out.println("BatchNormWorkersTest: seed " + SEED);
    Random random = new Random(SEED);
    for (int i = 0; i < 24; i++) {
      int[] shares = new int[2 + i % 3];
      Arrays.setAll(shares, rank -> 1 + random.nextInt(5));
      int pixels = pick(random, 1, 2, 13, 257);
      Case c = Case.random(random, random.nextInt(7) - 3, 1 + random.nextInt(3), pixels, shares);
      boolean affine = random.nextBoolean();
      Result expected = expected(c);
      String what = kernels + " seed " + SEED + " case " + i + ": " + c + " affine " + affine;
      assertResult(expected, actual(c, kernels, DType.DOUBLE, affine), 1e-9, what + " DOUBLE");
      // Of two or three values of a channel that are almost equal, dx has no exact digits in float.
      if (Arrays.stream(shares).sum() * pixels > 3) {
        assertResult(expected, actual(c, kernels, DType.FLOAT, affine), 5e-5, what + " FLOAT");
      }
    }
  }

  /** Float rounding of the mean dominates; the variance is as exact as with a single worker. */
  @ParameterizedTest
  @CsvSource({"ND4J, 1e3", "ONEDNN, 1e3", "ND4J, -1e4", "ONEDNN, -1e4"})
  void aSmallDeviationFarFromZeroIsAsExactAsWithOneWorker(KernelSet kernels, double mean) {
    Random random = new Random(SEED);
    for (int i = 0; i < 6; i++) {
      double deviation = mean == 1e3 ? 1e-2 : 0.1;
      Case c = Case.random(random, mean, deviation, pick(random, 3, 31, 300), 3, 2, 4);
      Case whole = new Case(new int[] {9}, c.pixels, c.channels, c.x, c.dy, c.weight);
      Result expected = expected(c);
      String what = kernels + " seed " + SEED + " case " + i + ": " + c;
      for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
        Result one = actual(whole, kernels, dtype, true);
        Result several = actual(c, kernels, dtype, true);
        for (int k : new int[] {0, 1, 4, 5}) {
          double tolerance = 2 * error(expected.all().get(k), one.all().get(k)) + 1e-6;
          double error = error(expected.all().get(k), several.all().get(k));
          assertEquals(0, error, tolerance, what + " " + dtype + " array " + k);
        }
        double varianceError = error(expected.variance, several.variance);
        assertEquals(0, varianceError, 1e-5, what + " " + dtype + " variance");
      }
    }
  }

  /** Returns the largest error relative to the largest value. */
  private static double error(double[] expected, double[] actual) {
    double largest = 0;
    double error = 0;
    for (int i = 0; i < expected.length; i++) {
      largest = Math.max(largest, Math.abs(expected[i]));
      error = Math.max(error, Math.abs(expected[i] - actual[i]));
    }
    return error / largest;
  }

  /** The means of the workers are far apart, so most of the variance is between them. */
  @ParameterizedTest
  @EnumSource
  void meansOfSharesThatDifferAddToTheVariance(KernelSet kernels) {
    Random random = new Random(SEED);
    Case c = Case.random(random, 0, 0.01, 5, 1, 3, 2);
    for (int i = 0; i < c.x.length; i++) {
      c.x[i] = (float) (c.x[i] + (i < c.first(1) ? 50 : i < c.first(2) ? -7 : 20));
    }
    assertResult(expected(c), actual(c, kernels, DType.DOUBLE, true), 1e-9, c.toString());
    assertResult(expected(c), actual(c, kernels, DType.FLOAT, true), 1e-5, c.toString());
  }

  @Test
  void randomDelaysLeaveTheBitsUnchanged() {
    Random random = new Random(SEED);
    Case c = Case.random(random, 2, 3, 37, 4, 3, 3);
    Result first = actual(c, KernelSet.ONEDNN, DType.FLOAT, true);
    for (int i = 0; i < 10; i++) {
      List<double[]> again = actual(c, KernelSet.ONEDNN, DType.FLOAT, true).all();
      for (int k = 0; k < again.size(); k++) {
        assertArrayEquals(first.all().get(k), again.get(k), "seed " + SEED);
      }
    }
  }

  /** The forward and the backward pass each exchange values once; only where dx is required. */
  @ParameterizedTest
  @EnumSource
  void aPassExchangesValuesOnceInEachDirection(KernelSet kernels) {
    for (boolean requiresGradient : new boolean[] {false, true}) {
      List<Integer> calls = new ArrayList<>();
      Communicator counting = new CountingCommunicator(calls);
      try (Step step = kernels.training(new RngKey(1, 0, 0), counting)) {
        Tensor x = step.tensor(new float[] {1, 2, 3, 4, 5, 7}, 3, 2);
        Tensor weight = step.tensor(new float[] {1, 2}, 2).requireGradient();
        Tensor bias = step.tensor(new float[] {0, 0}, 2);
        Tensor input = requiresGradient ? x.requireGradient() : x;
        Tensor y = input.batchNorm(weight, bias, EPSILON).output();
        assertEquals(1, calls.size());
        y.square().sum().backward();
        assertEquals(requiresGradient ? 2 : 1, calls.size());
      }
    }
  }

  /** A worker whose partner has the same values, that records the lengths of its sums. */
  private record CountingCommunicator(List<Integer> calls) implements Communicator {
    @Override
    public int rank() {
      return 0;
    }

    @Override
    public int size() {
      return 2;
    }

    @Override
    public void sum(double[] values) {
      calls.add(values.length);
    }

    @Override
    public void broadcast(double[] values, int root) {
      throw new AssertionError("broadcast");
    }

    @Override
    public void barrier() {
      throw new AssertionError("barrier");
    }
  }
}
