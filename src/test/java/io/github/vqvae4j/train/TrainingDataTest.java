package io.github.vqvae4j.train;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.Batches;
import io.github.vqvae4j.data.Source;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The batches of a run: those for initialization, those for training, and the position. */
@Timeout(60)
class TrainingDataTest {
  private static final Source<int[]> SOURCE = Numbers.source(23);

  private static TrainingData<int[]> stream(int count) {
    return TrainingData.of(new Numbers.Stream(count, position -> {}), 4);
  }

  private static List<List<Integer>> remaining(Iterator<int[]> batches) {
    List<List<Integer>> read = new ArrayList<>();
    batches.forEachRemaining(batch -> read.add(Numbers.list(batch)));
    return read;
  }

  @Test
  void theFirstBatchesOfASourceAreThoseOfTheFirstEpoch() {
    try (TrainingData<int[]> data = TrainingData.of(SOURCE, 4, 9);
        Batches<int[]> expected = Batches.shuffled(SOURCE, 4, 9)) {
      assertEquals(SOURCE, data.source().orElseThrow());
      Iterator<int[]> some = data.firstBatches();
      some.next();
      some.next();
      List<List<Integer>> epoch = remaining(data.firstBatches());
      assertEquals(5, epoch.size());
      assertEquals(epoch, remaining(data.firstBatches()));
      assertEquals(0, data.position());
      for (int n = 0; n < 12; n++) {
        int[] batch = data.next();
        assertArrayEquals(expected.next(), batch);
        assertEquals(4 * (n + 1), data.position());
        if (n < 5) {
          assertEquals(epoch.get(n), Numbers.list(batch));
        }
      }
    }
  }

  @Test
  void theFirstBatchesOfAStreamAreUsedByTraining() {
    try (TrainingData<int[]> data = stream(23)) {
      assertTrue(data.source().isEmpty());
      Iterator<int[]> some = data.firstBatches();
      assertEquals(List.of(0, 1, 2, 3), Numbers.list(some.next()));
      assertTrue(some.hasNext());
      assertTrue(some.hasNext());
      Iterator<int[]> other = data.firstBatches();
      assertEquals(List.of(0, 1, 2, 3), Numbers.list(other.next()));
      assertEquals(List.of(4, 5, 6, 7), Numbers.list(other.next()));
      assertEquals(List.of(8, 9, 10, 11), Numbers.list(other.next()));
      assertEquals(List.of(4, 5, 6, 7), Numbers.list(some.next()));
      assertEquals(0, data.position());
      for (int n = 0; n < 5; n++) {
        assertEquals(List.of(4 * n, 4 * n + 1, 4 * n + 2, 4 * n + 3), Numbers.list(data.next()));
        assertEquals(4 * (n + 1), data.position());
      }
      assertNull(data.next());
      assertNull(data.next());
      assertEquals(20, data.position());
    }
  }

  @Test
  void initializationReadsAllOfAStream() {
    try (TrainingData<int[]> data = stream(10)) {
      Iterator<int[]> all = data.firstBatches();
      assertEquals(2, remaining(all).size());
      assertFalse(all.hasNext());
      assertThrows(NoSuchElementException.class, all::next);
      assertEquals(2, remaining(data.firstBatches()).size());
      assertEquals(0, data.position());
      assertEquals(0, data.next()[0]);
      assertEquals(4, data.next()[0]);
      assertNull(data.next());
      assertEquals(8, data.position());
    }
  }

  @Test
  void aStreamThatWasOpenedLater() {
    Numbers.Stream stream = new Numbers.Stream(100, position -> {});
    stream.next(30);
    try (TrainingData<int[]> data = TrainingData.of(stream, 4)) {
      assertEquals(30, data.position());
      assertEquals(30, data.firstBatches().next()[0]);
      assertEquals(30, data.position());
      assertEquals(30, data.next()[0]);
      assertEquals(34, data.position());
    }
  }

  @Test
  void theFirstTrainingBatchEndsInitialization() {
    for (TrainingData<int[]> data : List.of(stream(100), TrainingData.of(SOURCE, 4, 9))) {
      try (data) {
        Iterator<int[]> batches = data.firstBatches();
        batches.next();
        data.next();
        assertMessageContains(
            assertThrows(IllegalStateException.class, data::firstBatches),
            "TrainingData.firstBatches",
            "before training",
            "Initialize the model before the first call of next()");
        assertThrows(IllegalStateException.class, batches::hasNext);
        assertThrows(IllegalStateException.class, batches::next);
        assertNotNull(data.next());
      }
    }
  }

  @Test
  void batchesOfAStreamAreReleasedWhenTrainingHasUsedThem() throws InterruptedException {
    try (TrainingData<int[]> data = stream(1_000)) {
      Iterator<int[]> batches = data.firstBatches();
      List<WeakReference<int[]>> read = new ArrayList<>();
      for (int n = 0; n < 5; n++) {
        read.add(new WeakReference<>(batches.next()));
      }
      data.firstBatches().next();
      for (int n = 0; n < 5; n++) {
        data.next();
      }
      while (read.stream().anyMatch(reference -> reference.get() != null)) {
        System.gc();
        Thread.sleep(5);
      }
      assertEquals(20, data.next()[0]);
    }
  }

  @Test
  void closedDataHasNoBatches() {
    TrainingData<int[]> data = TrainingData.of(SOURCE, 4, 9);
    Iterator<int[]> batches = data.firstBatches();
    data.close();
    assertThrows(IllegalStateException.class, data::next);
    assertThrows(IllegalStateException.class, batches::next);
  }
}
