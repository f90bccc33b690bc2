package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.nn.BatchNorm2d;
import io.github.vqvae4j.parallel.Workers;
import io.github.vqvae4j.tensor.DType;
import io.github.vqvae4j.tensor.NonFiniteException;
import io.github.vqvae4j.tensor.Step;
import io.github.vqvae4j.tensor.Tensor;
import io.github.vqvae4j.tensor.Variable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.BiFunction;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that initialization computes from the first batches, on all workers. */
@Timeout(60)
class FirstBatchesTest {
  private static final Source<int[]> SOURCE = Numbers.source(23);
  private static final int BATCH = 7;

  /** Returns the values of all first batches of the source. */
  private static List<float[]> compute(int workers, BiFunction<Step, int[], float[]> pass) {
    try (Workers team = new Workers(workers);
        TrainingData<int[]> data = TrainingData.of(SOURCE, BATCH, 9, 0, workers, team::run)) {
      List<float[]> values = new ArrayList<>();
      data.firstBatches(pass).forEachRemaining(values::add);
      return values;
    }
  }

  private static Tensor numbers(Step step, int... batch) {
    return step.tensor(floats(batch.length, i -> batch[i]), batch.length, 1);
  }

  private static float[] floats(int count, IntToDoubleFunction value) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) value.applyAsDouble(i);
    }
    return values;
  }

  private static void assertEqualValues(List<float[]> expected, List<float[]> actual, float delta) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), delta, "batch " + i);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void wholeBatchesInTheirOrder(int workers) {
    List<float[]> values =
        compute(workers, (step, batch) -> numbers(step, batch).mul(2).add(1).toFloats());
    assertEquals(3, values.size());
    try (Batches<int[]> expected = Batches.shuffled(SOURCE, BATCH, 9)) {
      for (float[] batch : values) {
        int[] indices = expected.next();
        assertArrayEquals(floats(BATCH, i -> 2 * indices[i] + 1), batch);
      }
    }
  }

  /** An epoch has 3 batches; a step of 5 batches continues with those of the next epoch. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void theFirstStepIsComplete(int accumulate) {
    try (Workers team = new Workers(1);
        TrainingData<int[]> data = TrainingData.of(SOURCE, BATCH, 9, 0, 1, team::run);
        Batches<int[]> expected = Batches.shuffled(SOURCE, BATCH, 9)) {
      data.accumulate(accumulate);
      float[] first = data.firstBatches((step, batch) -> numbers(step, batch).toFloats()).next();
      assertEquals(accumulate * BATCH, first.length);
      for (int i = 0; i < accumulate; i++) {
        int[] batch = expected.next();
        assertArrayEquals(
            floats(BATCH, j -> batch[j]), Arrays.copyOfRange(first, i * BATCH, (i + 1) * BATCH));
      }
      assertEquals(23 / BATCH, count(data.firstBatches()), "those of an epoch");
    }
  }

  private static int count(Iterator<?> iterator) {
    int count = 0;
    for (; iterator.hasNext(); count++) {
      iterator.next();
    }
    return count;
  }

  /** Shares may return any number of values. */
  @Test
  void valuesOfSharesFollowEachOther() {
    List<float[]> values =
        compute(
            3,
            (step, batch) -> {
              float[] repeated = new float[step.workers().rank()];
              Arrays.fill(repeated, step.workers().rank());
              return repeated;
            });
    for (float[] batch : values) {
      assertArrayEquals(new float[] {1, 2, 2}, batch);
    }
  }

  @Test
  void aTrainingStepWithoutGradients() {
    try (Numbers model = new Numbers()) {
      Map<String, float[]> before = States.of(model);
      compute(
          2,
          (step, batch) -> {
            assertTrue(step.isTraining());
            assertEquals(2, step.workers().size());
            assertEquals(9, step.key().seed());
            assertEquals(0, step.key().step());
            Tensor prediction = model.prediction(step, batch);
            assertFalse(prediction.requiresGradient());
            step.onCommit(
                new double[] {1},
                sums -> model.variables().values().forEach(v -> v.set(new float[v.size()])),
                model.variables().values().toArray(Variable[]::new));
            return prediction.toFloats();
          });
      States.assertSame(before, States.of(model));
    }
  }

  /** Dropout is active; its mask is that of the position in the data, whatever the share. */
  @Test
  void randomNumbersAreThoseOfTheExamples() {
    BiFunction<Step, int[], float[]> dropout =
        (step, batch) -> numbers(step, batch).mul(0).add(1).dropout(0.5).toFloats();
    List<float[]> expected = compute(1, dropout);
    float[] all = new float[3 * BATCH];
    for (int i = 0; i < 3; i++) {
      System.arraycopy(expected.get(i), 0, all, i * BATCH, BATCH);
    }
    long dropped = IntStream.range(0, all.length).filter(i -> all[i] == 0).count();
    assertTrue(dropped > 3 && dropped < 18, Arrays.toString(all));
    assertNotEquals(Arrays.toString(expected.get(0)), Arrays.toString(expected.get(1)));
    for (int workers : new int[] {2, 3}) {
      assertEqualValues(expected, compute(workers, dropout), 0);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void statisticsOfTheWholeBatch(int workers) {
    List<float[]> values =
        compute(
            workers,
            (step, batch) -> {
              Tensor x = numbers(step, batch);
              Tensor mean = step.sumOverWorkers(x.sum()).mul(1.0 / BATCH);
              return x.sub(mean).toFloats();
            });
    List<float[]> plain = compute(1, (step, batch) -> numbers(step, batch).toFloats());
    List<float[]> expected = new ArrayList<>();
    for (float[] batch : plain) {
      double mean = IntStream.range(0, BATCH).mapToDouble(i -> batch[i]).average().orElseThrow();
      expected.add(floats(BATCH, i -> batch[i] - mean));
    }
    assertEqualValues(expected, values, 1e-5f);
  }

  /** Batch normalization uses the statistics of the whole batch, and keeps its averages. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void batchNormalization(int workers) {
    try (BatchNorm2d norm = new BatchNorm2d(1)) {
      Map<String, float[]> before = States.of(norm);
      List<float[]> values =
          compute(
              workers,
              (step, batch) ->
                  norm.forward(numbers(step, batch).reshape(batch.length, 1, 1, 1)).toFloats());
      List<float[]> expected = new ArrayList<>();
      for (float[] x : compute(1, (step, batch) -> numbers(step, batch).toFloats())) {
        double mean = IntStream.range(0, BATCH).mapToDouble(i -> x[i]).average().orElseThrow();
        double variance =
            IntStream.range(0, BATCH)
                .mapToDouble(i -> (x[i] - mean) * (x[i] - mean))
                .average()
                .orElseThrow();
        expected.add(floats(BATCH, i -> (x[i] - mean) / Math.sqrt(variance + 1e-5)));
      }
      assertEqualValues(expected, values, 1e-4f);
      States.assertSame(before, States.of(norm));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void nonFiniteValuesNameTheirOrigin(int workers) {
    int[] first;
    try (Batches<int[]> batches = Batches.shuffled(SOURCE, BATCH, 9)) {
      batches.next();
      first = batches.next();
    }
    for (int bad : first) {
      NonFiniteException error =
          assertThrows(
              NonFiniteException.class,
              () -> compute(workers, (step, batch) -> scaled(step, bad, batch)));
      assertEquals("a value", error.description());
      assertMessageContains(error.getCause(), "square", "the result of shape");
    }
  }

  /** Returns finite values, except for the square of one number. */
  private static float[] scaled(Step step, int bad, int... batch) {
    Tensor x = numbers(step, batch).sub(bad).eq(0).to(DType.FLOAT).mul(1e30).square();
    for (float value : x.toFloats()) {
      if (!Float.isFinite(value)) {
        throw new NonFiniteException("test", "a value", value, "scale it");
      }
    }
    return x.toFloats();
  }

  /** A failure of a pass is thrown as it is, and the data can still be used. */
  @Test
  void otherFailures() {
    IllegalStateException failure = new IllegalStateException("no latents");
    try (Workers team = new Workers(3);
        TrainingData<int[]> data = TrainingData.of(SOURCE, BATCH, 9, 0, 3, team::run)) {
      Iterator<float[]> values =
          data.firstBatches(
              (step, batch) -> {
                if (step.workers().rank() == 2) {
                  throw failure;
                }
                return step.sumOverWorkers(numbers(step, batch).sum()).toFloats();
              });
      assertSame(failure, assertThrows(IllegalStateException.class, values::next));
      assertEquals(3, data.nextShares().size());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void streamsKeepTheirBatchesForTraining(int workers) {
    try (Workers team = new Workers(workers);
        TrainingData<int[]> data =
            TrainingData.of(new Numbers.Stream(23, position -> {}), 4, 9, workers, team::run)) {
      for (int pass = 0; pass < 2; pass++) {
        Iterator<float[]> values =
            data.firstBatches((step, batch) -> numbers(step, batch).toFloats());
        for (int n = 0; n < 5; n++) {
          assertArrayEquals(new float[] {4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3}, values.next());
        }
        assertFalse(values.hasNext());
        assertThrows(NoSuchElementException.class, values::next);
      }
      assertEquals(0, data.position());
      for (int n = 0; n < 5; n++) {
        List<Integer> batch =
            data.nextShares().stream().flatMap(share -> Numbers.list(share).stream()).toList();
        assertEquals(List.of(4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3), batch);
        assertEquals(4 * (n + 1), data.position());
      }
      assertNull(data.nextShares());
    }
  }

  /** The shares of all batches, one after the other, for models that read them themselves. */
  @Test
  void sharesOfTheFirstBatches() {
    try (Workers team = new Workers(3);
        TrainingData<int[]> data = TrainingData.of(SOURCE, BATCH, 9, 0, 3, team::run);
        Batches<int[]> expected = Batches.shuffled(SOURCE, BATCH, 9)) {
      List<Integer> sizes = new ArrayList<>();
      List<Integer> read = new ArrayList<>();
      data.firstBatches()
          .forEachRemaining(
              share -> {
                sizes.add(share.length);
                read.addAll(Numbers.list(share));
              });
      assertEquals(List.of(3, 2, 2, 3, 2, 2, 3, 2, 2), sizes);
      List<Integer> whole = new ArrayList<>();
      for (int n = 0; n < 3; n++) {
        whole.addAll(Numbers.list(expected.next()));
      }
      assertEquals(whole, read);
    }
  }

  @Test
  void trainingEndsInitialization() {
    try (Workers team = new Workers(2);
        TrainingData<int[]> data = TrainingData.of(SOURCE, BATCH, 9, 0, 2, team::run)) {
      Iterator<float[]> values =
          data.firstBatches((step, batch) -> numbers(step, batch).toFloats());
      values.next();
      data.nextShares();
      assertMessageContains(
          assertThrows(IllegalStateException.class, values::next), "before training");
    }
  }
}
