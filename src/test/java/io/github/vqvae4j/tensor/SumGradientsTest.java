package io.github.vqvae4j.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.DelayedCommunicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.RngKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // waits are uninterruptible
class SumGradientsTest {
  private static final long SEED = Long.getLong("vqvae4j.seed", System.nanoTime());
  private static final RngKey KEY = new RngKey(1, 0, 0);

  private final List<Variable> variables = new ArrayList<>();

  @AfterEach
  void close() {
    variables.forEach(Variable::close);
  }

  private Variable variable(DType dtype, int length) {
    NdArray values = NdArray.filled(new long[] {length}, i -> Math.cos(i[0] + variables.size()));
    Variable variable = new Variable(true, Tensors.floats(values.values()), length);
    variable.convert(dtype);
    variables.add(variable);
    return variable;
  }

  /**
   * Computes gradients on all workers, sums those of variable i on worker i modulo their number,
   * and returns the sums as worker i % size sees them; null for none.
   */
  private double[][] sums(int size, BiFunction<Step, Integer, Tensor> loss) {
    double[][] sums = new double[variables.size()][];
    Step[] steps = new Step[size];
    try (Workers workers = new Workers(size)) {
      workers.run(
          worker -> {
            Communicator delayed = new DelayedCommunicator(worker, SEED);
            int rank = worker.rank();
            try (Step step = Step.training(KEY, delayed)) {
              steps[rank] = step;
              Tensor total = loss.apply(step, rank);
              if (total != null) {
                total.backward();
              }
              delayed.barrier();
              List<Integer> own =
                  IntStream.range(0, sums.length).filter(i -> i % size == rank).boxed().toList();
              step.sumGradients(List.of(steps), own.stream().map(variables::get).toList());
              delayed.barrier();
              for (int i : own) {
                Tensor gradient = step.gradient(variables.get(i));
                sums[i] = gradient == null ? null : gradient.toDoubles();
              }
            }
          });
    }
    return sums;
  }

  /** Gradients of different magnitudes, in which the order of the additions shows. */
  private static double factor(int rank, int i) {
    return (float) (Math.sin(1 + rank + 10 * i) * (rank == 1 ? 1e4 : 1));
  }

  private static Tensor factors(Step step, DType dtype, int rank, int length) {
    return Tensors.of(
        step, dtype, NdArray.filled(new long[] {length}, i -> factor(rank, (int) i[0])));
  }

  @ParameterizedTest
  @CsvSource({
    "1, FLOAT",
    "2, FLOAT",
    "3, FLOAT",
    "4, FLOAT",
    "1, DOUBLE",
    "2, DOUBLE",
    "3, DOUBLE"
  })
  void gradientsAreAddedInTheOrderOfTheRanks(int size, DType dtype) {
    for (int length : new int[] {1, 2, 17, 1_000, 300_007, 3}) {
      variable(dtype, length);
    }
    double[][] sums =
        sums(
            size,
            (step, rank) ->
                variables.stream()
                    .map(
                        v -> {
                          int length = (int) v.shape()[0];
                          return v.in(step).mul(factors(step, dtype, rank, length)).sum();
                        })
                    .reduce(Tensor::add)
                    .orElseThrow());
    for (double[] sum : sums) {
      double[] expected = new double[sum.length];
      for (int i = 0; i < sum.length; i++) {
        expected[i] = factor(0, i);
        for (int rank = 1; rank < size; rank++) {
          double next = expected[i] + factor(rank, i);
          expected[i] = dtype == DType.FLOAT ? (float) next : next;
        }
      }
      assertArrayEquals(expected, sum, "seed " + SEED);
    }
  }

  @Test
  void variablesMayBeUnusedOnSomeWorkers() {
    for (int i = 0; i < 40; i++) { // enough for a map of variables to grow during the sums
      variable(DType.FLOAT, 2);
    }
    int size = 3;
    for (int round = 0; round < 20; round++) {
      double[][] sums =
          sums(
              size,
              (step, rank) -> {
                Tensor total = null;
                for (int i = 0; i < variables.size(); i++) {
                  if (isUsed(i, rank)) {
                    Tensor term = variables.get(i).in(step).mul(rank + 1).sum();
                    total = total == null ? term : total.add(term);
                  }
                }
                return total;
              });
      for (int i = 0; i < sums.length; i++) {
        double expected = 0;
        for (int rank = 0; rank < size; rank++) {
          expected += isUsed(i, rank) ? rank + 1 : 0;
        }
        if (expected == 0) {
          assertNull(sums[i], "variable " + i);
        } else {
          assertArrayEquals(new double[] {expected, expected}, sums[i], "variable " + i);
        }
      }
    }
  }

  /** Every combination of the three workers, and none; worker 2 uses few variables. */
  private static boolean isUsed(int variable, int rank) {
    return (variable >> rank) % 2 == 1;
  }

  /** The gradients of x and y in x + y are one array. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void gradientsThatShareAnArrayAreSummedSeparately(int size) {
    Variable x = variable(DType.FLOAT, 4);
    Variable y = variable(DType.FLOAT, 4);
    Variable z = variable(DType.FLOAT, 4);
    double[][] sums =
        sums(
            size,
            (step, rank) -> {
              Tensor sum = x.in(step).add(y.in(step)).add(z.in(step).reshape(4));
              return sum.mul(factors(step, DType.FLOAT, rank, 4)).sum();
            });
    double[] expected = new double[4];
    for (int rank = 0; rank < size; rank++) {
      int r = rank;
      Arrays.setAll(expected, i -> (float) (expected[i] + factor(r, i)));
    }
    for (double[] sum : sums) {
      assertArrayEquals(expected, sum, 1e-3);
      assertArrayEquals(sums[0], sum);
    }
  }

  @Test
  void frozenVariablesHaveNoGradient() {
    Variable x = variable(DType.FLOAT, 2);
    Variable frozen = variable(DType.FLOAT, 2);
    frozen.freeze();
    double[][] sums = sums(2, (step, rank) -> x.in(step).mul(frozen.in(step)).sum());
    assertNotNull(sums[0]);
    assertNull(sums[1]);
  }

  /** A gradient that was read before the sums stays what it was. */
  @Test
  void sumsAreNewArrays() {
    Variable x = variable(DType.FLOAT, 3);
    try (Step first = Step.training(KEY);
        Step second = Step.training(KEY)) {
      x.in(first).mul(2).sum().backward();
      x.in(second).mul(5).sum().backward();
      Tensor before = first.gradient(x);
      first.sumGradients(List.of(first, second), List.of(x));
      assertArrayEquals(new float[] {7, 7, 7}, first.gradient(x).toFloats());
      assertArrayEquals(new float[] {2, 2, 2}, before.toFloats());
      assertArrayEquals(new float[] {5, 5, 5}, second.gradient(x).toFloats());
      first.sumGradients(List.of(first, second), List.of(x));
      assertArrayEquals(new float[] {7, 7, 7}, first.gradient(x).toFloats(), "not added twice");
    }
  }
}
