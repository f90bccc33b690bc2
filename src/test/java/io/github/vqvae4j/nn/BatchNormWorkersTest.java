package io.github.vqvae4j.nn;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.DelayedCommunicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.random.RngKey;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.StateUpdates;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Trains layers on shares of batches, and compares them with one worker and the whole batches. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // waits are uninterruptible
class BatchNormWorkersTest {
  private static final long SEED = Long.getLong("vqvae4j.seed", System.nanoTime());
  private static final int CHANNELS = 5;

  /** The results of one step; gradients are summed over workers and accumulated batches. */
  private record Result(double[] output, double[] dx, Map<String, double[]> variables) {}

  private final Random random = new Random(SEED);

  private static Sequential layers(DType dtype) {
    Rng rng = new Rng(3);
    Sequential layers =
        Sequential.of(
            new BatchNorm2d(CHANNELS),
            new Conv2d(ConvConfig.of(CHANNELS, 7, 3).padding(1), rng),
            Activation.TANH,
            new BatchNorm2d(BatchNormConfig.of(7).momentum(0.3).epsilon(0.01)),
            new Conv2d(ConvConfig.of(7, 4, 1), rng),
            new BatchNorm2d(BatchNormConfig.of(4).affine(false)));
    for (Variable variable : layers.variables().values()) {
      double[] values = variable.toDoubles();
      for (int i = 0; i < values.length; i++) {
        values[i] += 0.1 * Math.sin(i);
      }
      variable.set(values);
    }
    layers.convert(dtype);
    return layers;
  }

  /** Runs a step of several batches, each [shares, size, size, channels]. */
  private static Result run(DType dtype, List<double[]> batches, int size, int... shares) {
    int examples = Arrays.stream(shares).sum();
    List<double[]> outputs = new ArrayList<>();
    List<double[]> gradients = new ArrayList<>();
    Map<String, double[]> variables = new LinkedHashMap<>();
    try (Sequential layers = layers(dtype);
        Workers workers = new Workers(shares.length)) {
      StateUpdates merged = null;
      for (double[] batch : batches) {
        List<double[]> outputParts = parts(shares.length);
        List<double[]> gradientParts = parts(shares.length);
        List<Map<String, double[]>> variableParts = new ArrayList<>();
        StateUpdates[] updates = new StateUpdates[shares.length];
        Arrays.stream(shares).forEach(share -> variableParts.add(new LinkedHashMap<>()));
        workers.run(
            worker -> {
              int rank = worker.rank();
              int length = batch.length / examples;
              int first = Arrays.stream(shares).limit(rank).sum();
              double[] share =
                  Arrays.copyOfRange(batch, first * length, (first + shares[rank]) * length);
              Communicator delayed = new DelayedCommunicator(worker, System.nanoTime());
              try (Step step = Step.training(new RngKey(1, 0, first), delayed)) {
                Tensor x = step.tensor(share, shares[rank], size, size, CHANNELS).to(dtype);
                x = x.requireGradient();
                Tensor y = layers.forward(x);
                Tensor loss = y.mul(x.slice(3, 0, 4)).square().mean();
                loss.mul((double) shares[rank] / examples).backward();
                outputParts.set(rank, y.toDoubles());
                gradientParts.set(rank, x.gradient().toDoubles());
                layers
                    .variables()
                    .forEach(
                        (name, variable) -> {
                          if (variable instanceof Parameter) {
                            Tensor gradient = step.gradient(variable);
                            variableParts.get(rank).put(name, gradient.toDoubles());
                          }
                        });
                updates[rank] = step.drainCommits();
              }
            });
        outputs.addAll(outputParts);
        gradients.addAll(gradientParts);
        variableParts.forEach(
            part -> part.forEach((name, g) -> variables.merge(name, g, BatchNormWorkersTest::sum)));
        for (StateUpdates next : updates) {
          merged = merged == null ? next : merged.merge(next);
        }
      }
      merged.run();
      layers.variables().forEach((name, v) -> variables.computeIfAbsent(name, n -> v.toDoubles()));
    }
    return new Result(concat(outputs), concat(gradients), variables);
  }

  private static List<double[]> parts(int count) {
    return Arrays.asList(new double[count][]);
  }

  private static double[] sum(double[] first, double[] second) {
    double[] sum = first.clone();
    Arrays.setAll(sum, i -> first[i] + second[i]);
    return sum;
  }

  private static double[] concat(List<double[]> parts) {
    return parts.stream().flatMapToDouble(Arrays::stream).toArray();
  }

  private List<double[]> batches(int count, int examples, int size) {
    List<double[]> batches = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double mean = random.nextInt(5);
      double[] batch = random.doubles((long) examples * size * size * CHANNELS).toArray();
      Arrays.setAll(batch, k -> (float) (mean + 3 * batch[k] * batch[k]));
      batches.add(batch);
    }
    return batches;
  }

  private static void assertClose(Result expected, Result actual, double tolerance, String what) {
    assertClose(expected.output, actual.output, tolerance, what + " output");
    assertClose(expected.dx, actual.dx, tolerance, what + " dx");
    assertEquals(expected.variables.keySet(), actual.variables.keySet());
    // A bias before a normalization has no gradient but rounding, relative to the others.
    double scale = expected.variables.values().stream().mapToDouble(v -> max(v)).max().orElse(0);
    expected.variables.forEach(
        (name, values) ->
            assertArrayEquals(
                values,
                actual.variables.get(name),
                tolerance * (max(values) + 0.1 * scale),
                what + " " + name + ", seed " + SEED));
  }

  private static void assertClose(double[] expected, double[] actual, double tolerance, String s) {
    assertArrayEquals(expected, actual, tolerance * (max(expected) + 0.01), s + ", seed " + SEED);
  }

  private static double max(double... values) {
    return Arrays.stream(values).map(Math::abs).max().orElse(0);
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void workersWithSharesTrainLikeOneWithTheBatch(DType dtype) {
    System.out.println("BatchNormWorkersTest: seed " + SEED);
    for (int i = 0; i < 8; i++) {
      int[] shares = new int[2 + i % 3];
      Arrays.setAll(shares, rank -> 2 + random.nextInt(4));
      int examples = Arrays.stream(shares).sum();
      int size = 1 + 2 * random.nextInt(4);
      List<double[]> batches = batches(1 + i % 2, examples, size);
      String what = dtype + " case " + i + " " + Arrays.toString(shares) + " of size " + size;
      Result expected = run(dtype, batches, size, examples);
      Result actual = run(dtype, batches, size, shares);
      assertClose(expected, actual, dtype == DType.FLOAT ? 2e-4 : 1e-8, what);
    }
  }

  /** No worker alone could compute statistics. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void aShareMayHaveOneValuePerChannel(DType dtype) {
    List<double[]> batches = batches(1, 3, 1);
    Result expected = run(dtype, batches, 1, 3);
    assertClose(expected, run(dtype, batches, 1, 1, 1, 1), dtype == DType.FLOAT ? 1e-3 : 1e-8, "");
  }

  @Test
  void oneValuePerChannelInTheWholeBatchIsRejected() {
    try (BatchNorm2d norm = new BatchNorm2d(2);
        Workers workers = new Workers(1)) {
      IllegalArgumentException e =
          assertThrows(
              IllegalArgumentException.class,
              () -> workers.run(worker -> forward(norm, worker, new float[] {1, 2})));
      assertMessageContains(e, "at least 2 values per channel", "[1, 1, 1, 2]");
    }
  }

  @Test
  void accumulatedBatchesUpdateTheAveragesInTurn() {
    float[][][] shares = {{{1}, {2, 6}}, {{10}, {30, 20}}};
    double[] means = {3, 20};
    double[] variances = {7, 100}; // unbiased
    double mean = 0;
    double variance = 1;
    for (int batch = 0; batch < 2; batch++) {
      mean = 0.75 * mean + 0.25 * means[batch];
      variance = 0.75 * variance + 0.25 * variances[batch];
    }
    try (BatchNorm2d norm = new BatchNorm2d(BatchNormConfig.of(1).momentum(0.25));
        Workers workers = new Workers(2)) {
      StateUpdates[][] updates = new StateUpdates[2][2];
      for (int i = 0; i < 2; i++) {
        int batch = i;
        workers.run(
            worker -> {
              int rank = worker.rank();
              updates[batch][rank] = forward(norm, worker, shares[batch][rank]);
            });
      }
      StateUpdates first = updates[0][0].merge(updates[0][1]);
      first.merge(updates[1][0].merge(updates[1][1])).run();
      assertEquals(mean, norm.variables().get("running_mean").toDoubles()[0], 1e-5);
      assertEquals(variance, norm.variables().get("running_var").toDoubles()[0], 1e-4);
    }
  }

  @Test
  void frozenLayersUseTheStatisticsOfTheBatchWithoutUpdatingTheAverages() {
    try (BatchNorm2d norm = new BatchNorm2d(1);
        Workers workers = new Workers(2)) {
      norm.freeze();
      double[][] outputs = new double[2][];
      workers.run(
          worker -> {
            try (Step step = Step.training(new RngKey(1, 0, worker.rank()), worker)) {
              Tensor x = step.tensor(new float[] {worker.rank() == 0 ? 4 : 8}, 1, 1, 1, 1);
              outputs[worker.rank()] = norm.forward(x).toDoubles();
              step.commit();
            }
          });
      assertArrayEquals(new double[] {-1}, outputs[0], 1e-5);
      assertArrayEquals(new double[] {1}, outputs[1], 1e-5);
      assertArrayEquals(new double[] {0}, norm.variables().get("running_mean").toDoubles());
    }
  }

  /** In evaluation mode the workers do not communicate. */
  @Test
  void evaluationModeUsesTheAverages() {
    try (BatchNorm2d norm = new BatchNorm2d(1);
        Workers workers = new Workers(2)) {
      norm.eval();
      workers.run(
          worker -> {
            if (worker.rank() == 0) {
              forward(norm, worker, new float[] {4});
            }
          });
      assertArrayEquals(new double[] {0}, norm.variables().get("running_mean").toDoubles());
    }
  }

  /** Computes the output for images of one pixel, and returns the updates. */
  private static StateUpdates forward(BatchNorm2d norm, Communicator worker, float... values) {
    try (Step step = Step.training(new RngKey(1, 0, 0), worker)) {
      int channels = norm.channels();
      norm.forward(step.tensor(values, values.length / channels, 1, 1, channels));
      return step.drainCommits();
    }
  }
}
