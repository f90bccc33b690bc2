package io.github.vqvae4j.tensor;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static io.github.vqvae4j.tensor.Close.assertClose;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.vqvae4j.parallel.Communicator;
import io.github.vqvae4j.parallel.DelayedCommunicator;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.random.RngKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // waits are uninterruptible
class SumOverWorkersTest {
  private static final long SEED = Long.getLong("vqvae4j.seed", System.nanoTime());
  private static final RngKey KEY = new RngKey(1, 0, 0);

  /** Runs a task on workers, each with a training step of its own. */
  private static void run(int size, Consumer<Step> task) {
    try (Workers workers = new Workers(size)) {
      workers.run(
          worker -> {
            Communicator delayed = new DelayedCommunicator(worker, SEED);
            try (Step step = Step.training(KEY, delayed)) {
              task.accept(step);
            }
          });
    }
  }

  private static int rank(Step step) {
    return step.workers().rank();
  }

  /** Different values for each worker. */
  private static Tensor values(Step step, DType dtype, int worker) {
    NdArray array =
        NdArray.filled(new long[] {3, 5}, i -> (float) Math.sin(1 + i[0] + 3 * i[1] + 7 * worker));
    return Tensors.of(step, dtype, array);
  }

  /** A loss of one worker, with several uses of sums, of which one is a sum of sums. */
  private static Tensor loss(Tensor x, int worker, UnaryOperator<Tensor> sumOverWorkers) {
    Tensor sum = sumOverWorkers.apply(x.square());
    Tensor nested = sumOverWorkers.apply(sum.mul(x).sum(0));
    return x.mul(sum).sum().add(nested.square().sum().mul(worker + 1.5)).add(sum.sqrt().mean());
  }

  @ParameterizedTest
  @CsvSource({"2, FLOAT", "2, DOUBLE", "3, FLOAT", "3, DOUBLE", "5, DOUBLE"})
  void sumsAndGradientsAreThoseOfAllLosses(int size, DType dtype) {
    double[][] gradients = new double[size][];
    double[] losses = new double[size];
    run(
        size,
        step -> {
          Tensor x = values(step, dtype, rank(step)).requireGradient();
          Tensor loss = loss(x, rank(step), step::sumOverWorkers);
          loss.backward();
          gradients[rank(step)] = x.gradient().toDoubles();
          losses[rank(step)] = loss.item();
        });
    double tolerance = dtype == DType.FLOAT ? 1e-5 : 1e-12;
    try (Step step = Step.training(KEY)) {
      List<Tensor> xs = new ArrayList<>();
      for (int worker = 0; worker < size; worker++) {
        xs.add(values(step, dtype, worker).requireGradient());
      }
      Tensor sum = sum(xs.stream().map(Tensor::square).toList());
      Tensor nested = sum(xs.stream().map(x -> sum.mul(x).sum(0)).toList());
      List<Tensor> expected = new ArrayList<>();
      for (int worker = 0; worker < size; worker++) {
        Tensor[] sums = {sum, nested};
        int[] call = {0};
        expected.add(loss(xs.get(worker), worker, x -> sums[call[0]++]));
        assertEquals(expected.get(worker).item(), losses[worker], tolerance * 1000, "loss");
      }
      sum(expected).backward();
      for (int worker = 0; worker < size; worker++) {
        double[] gradient = xs.get(worker).gradient().toDoubles();
        assertClose(gradient, gradients[worker], tolerance, "worker " + worker);
      }
    }
  }

  private static Tensor sum(List<Tensor> tensors) {
    return tensors.stream().reduce(Tensor::add).orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void sumsAreAddedInDoubleInTheOrderOfTheRanks(DType dtype) {
    Random random = new Random(SEED);
    double[][] values = new double[4][];
    double[] expected = new double[1000];
    for (int rank = 0; rank < 4; rank++) {
      values[rank] = new double[1000];
      for (int i = 0; i < 1000; i++) {
        double value = random.nextGaussian() * Math.pow(10, random.nextInt(9) - 4);
        values[rank][i] = dtype == DType.FLOAT ? (float) value : value;
        expected[i] = rank == 0 ? values[0][i] : expected[i] + values[rank][i];
      }
    }
    for (int i = 0; i < 1000; i++) {
      expected[i] = dtype == DType.FLOAT ? (float) expected[i] : expected[i];
    }
    for (int round = 0; round < 10; round++) {
      run(
          4,
          step -> {
            NdArray own = new NdArray(values[rank(step)], 10, 100);
            Tensor sum = step.sumOverWorkers(Tensors.of(step, dtype, own));
            assertEquals(dtype, sum.dtype());
            assertArrayEquals(new long[] {10, 100}, sum.shape());
            assertArrayEquals(expected, sum.toDoubles(), "seed " + SEED);
          });
    }
  }

  @Test
  void aSingleWorkerGetsTheTensorItself() {
    try (Step training = Step.training(KEY);
        Step inference = Step.inference()) {
      for (Step step : List.of(training, inference)) {
        for (DType dtype : List.of(DType.FLOAT, DType.DOUBLE)) {
          Tensor x = values(step, dtype, 0);
          assertSame(x, step.sumOverWorkers(x));
        }
        assertEquals(1, step.workers().size());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void invalidTensorsAreRejected(int size) {
    run(
        size,
        step -> {
          Tensor codes = step.tensor(new int[] {1, 2}, 2);
          IllegalArgumentException integers =
              assertThrows(IllegalArgumentException.class, () -> step.sumOverWorkers(codes));
          assertMessageContains(
              integers, "sumOverWorkers: expected a FLOAT or DOUBLE tensor", "INT", "[2]");
          try (Step other = Step.inference()) {
            Tensor foreign = other.tensor(new float[] {1}, 1);
            IllegalArgumentException e =
                assertThrows(IllegalArgumentException.class, () -> step.sumOverWorkers(foreign));
            assertMessageContains(e, "of this step", "another step");
          }
        });
    Step closed = Step.training(KEY);
    Tensor x = closed.tensor(new float[] {1}, 1);
    closed.close();
    assertThrows(IllegalStateException.class, () -> closed.sumOverWorkers(x));
  }

  @Test
  void theCheckOfEachOperationFindsTheOrigin() {
    run(
        2,
        step -> {
          step.checkEachOperation();
          Tensor x = values(step, DType.FLOAT, rank(step)).requireGradient();
          loss(x, rank(step), step::sumOverWorkers).backward();
        });
    NonFiniteException e =
        assertThrows(
            NonFiniteException.class,
            () ->
                run(
                    2,
                    step -> {
                      step.checkEachOperation();
                      Tensor x = step.tensor(new float[] {rank(step) == 1 ? -2 : 2}, 1);
                      step.sumOverWorkers(x.requireGradient().log());
                    }));
    assertMessageContains(e, "log");
  }

  @Test
  void tracesAreReplayedWithTheWorkersOfTheStep() {
    for (int size : new int[] {1, 3}) {
      run(
          size,
          step -> {
            Trace trace = step.trace();
            Tensor x = values(step, DType.FLOAT, rank(step));
            Tensor y = step.sumOverWorkers(x.mul(2)).add(1);
            double[] expected = y.toDoubles();
            try (Step again = Step.training(KEY, step.workers())) {
              Tensor same = values(again, DType.FLOAT, rank(step));
              assertArrayEquals(expected, trace.replay(again, Map.of(x, same)).get(y).toDoubles());
            }
            try (Step alone = Step.inference()) {
              Tensor same = values(alone, DType.FLOAT, rank(step));
              assertArrayEquals(
                  same.mul(2).add(1).toDoubles(),
                  trace.replay(alone, Map.of(x, same)).get(y).toDoubles());
            }
          });
    }
  }

  /** The exception of a custom operation's code is wrapped; a released one must not count. */
  @Test
  void aFailureIsThrownAlthoughTheOtherWorkerWaitsInACustomOperation() {
    record Total() implements CustomOperation {
      @Override
      public String name() {
        return "total";
      }

      @Override
      public Tensor forward(Tensor... inputs) {
        return inputs[0].step().sumOverWorkers(inputs[0]);
      }

      @Override
      public Tensor[] backward(Tensor gradient, Tensor result, Tensor... inputs) {
        return new Tensor[] {gradient.step().sumOverWorkers(gradient)};
      }
    }

    double[][] gradients = new double[2][];
    run(
        2,
        step -> {
          Tensor x = values(step, DType.DOUBLE, rank(step)).requireGradient();
          loss(x, rank(step), t -> step.apply(new Total(), t)).backward();
          gradients[rank(step)] = x.gradient().toDoubles();
        });
    run(
        2,
        step -> {
          Tensor x = values(step, DType.DOUBLE, rank(step)).requireGradient();
          loss(x, rank(step), step::sumOverWorkers).backward();
          assertArrayEquals(gradients[rank(step)], x.gradient().toDoubles());
        });
    UnsupportedOperationException failure = new UnsupportedOperationException("bad example");
    assertSame(
        failure,
        assertThrows(
            UnsupportedOperationException.class,
            () ->
                run(
                    2,
                    step -> {
                      if (rank(step) == 1) {
                        throw failure;
                      }
                      step.apply(new Total(), values(step, DType.FLOAT, 0));
                    })));
  }

  @Test
  void aWorkerThatLeavesOutASumFailsInsteadOfWaiting() {
    IllegalStateException e =
        assertThrows(
            IllegalStateException.class,
            () ->
                run(
                    2,
                    step -> {
                      Tensor x = values(step, DType.FLOAT, 0);
                      if (rank(step) == 0) {
                        step.sumOverWorkers(x);
                      }
                    }));
    assertMessageContains(e, "sum of 15 values", "the end of its task", "sumOverWorkers");
    assertFalse(e.getMessage().contains("null"));
  }
}
