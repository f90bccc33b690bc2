package io.github.vqvae4j.data;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.FloatDataset;
import io.github.vqvae4j.data.image.ImageBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchesTest {

  @Test
  void inOrderMakesOnePassWithASmallerLastBatch() {
    Dataset data = FloatDataset.counting(7);
    try (Batches<ImageBatch> batches = Batches.inOrder(data, 3)) {
      assertArrayEquals(new int[] {0, 1, 2}, batches.next().indices());
      ImageBatch second = batches.next();
      assertArrayEquals(new float[] {3, 4, 5}, second.images());
      assertArrayEquals(new int[] {3, 4, 5}, second.labels());
      assertEquals("ImageBatch[3, 1, 1, 1]", second.toString());
      ImageBatch last = batches.next();
      assertEquals(1, last.count());
      assertArrayEquals(new int[] {6}, last.indices());
      assertNull(batches.next());
      assertNull(batches.next());
    }
  }

  @Test
  void inOrderHasNoEmptyLastBatch() {
    try (Batches<ImageBatch> batches = Batches.inOrder(FloatDataset.counting(6), 3)) {
      assertEquals(3, batches.next().count());
      assertEquals(3, batches.next().count());
      assertNull(batches.next());
    }
  }

  @Test
  void imagesOfSeveralPixelsAreConsecutive() {
    float[] pixels = new float[4 * 2 * 3 * 2];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i;
    }
    try (Batches<ImageBatch> batches = Batches.inOrder(new FloatDataset(pixels, 4, 2, 3, 2), 2)) {
      ImageBatch first = batches.next();
      assertArrayEquals(Arrays.copyOf(pixels, 24), first.images());
      assertEquals(2, first.height());
      assertEquals(3, first.width());
      assertEquals(2, first.channels());
    }
  }

  @Test
  void everyEpochContainsEveryImageOnceInANewOrder() {
    try (Batches<ImageBatch> batches = Batches.shuffled(FloatDataset.counting(100), 10, 1)) {
      Set<List<Integer>> orders = new HashSet<>();
      for (int epoch = 0; epoch < 5; epoch++) {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
          ImageBatch batch = batches.next();
          for (int k = 0; k < 10; k++) {
            assertEquals(batch.indices()[k], batch.images()[k]);
            order.add(batch.indices()[k]);
          }
        }
        assertEquals(100, new HashSet<>(order).size());
        orders.add(order);
      }
      assertEquals(5, orders.size());
    }
  }

  @Test
  void incompleteLastBatchIsDropped() {
    try (Batches<ImageBatch> batches = Batches.shuffled(FloatDataset.counting(10), 4, 1)) {
      for (int epoch = 0; epoch < 50; epoch++) {
        Set<Integer> seen = new HashSet<>();
        for (int i = 0; i < 2; i++) {
          ImageBatch batch = batches.next();
          assertEquals(4, batch.count());
          Arrays.stream(batch.indices()).forEach(seen::add);
        }
        assertEquals(8, seen.size());
      }
    }
  }

  @Test
  void resumedRunGetsTheRemainingBatches() {
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      int size = 1 + random.nextInt(40);
      int batch = 1 + random.nextInt(size);
      long seed = random.nextLong();
      int stopped = random.nextInt(50);
      Dataset data = FloatDataset.counting(size);
      try (Batches<ImageBatch> whole = Batches.shuffled(data, batch, seed);
          Batches<ImageBatch> resumed = Batches.shuffled(data, batch, seed, stopped)) {
        for (int i = 0; i < stopped; i++) {
          whole.next();
        }
        for (int i = 0; i < 20; i++) {
          ImageBatch expected = whole.next();
          ImageBatch came = resumed.next();
          assertArrayEquals(expected.indices(), came.indices());
          assertArrayEquals(expected.images(), came.images());
          assertArrayEquals(expected.labels(), came.labels());
        }
      }
    }
  }

  /**
   * Printed by src/test/python/random_numbers.py: later versions must keep the order of resumed
   * runs.
   */
  @Test
  void shuffledOrderMatchesStoredValues() {
    BatchOrder order = BatchOrder.shuffled(10, 10, 42);
    int[] first = {0, 5, 8, 6, 4, 9, 3, 2, 7, 1};
    assertArrayEquals(first, order.batch(0));
    assertArrayEquals(new int[] {1, 4, 6, 7, 5, 9, 0, 2, 3, 8}, order.batch(7));
    assertArrayEquals(first, order.batch(0), "asked again");
  }

  @Test
  void skippingManyBatchesTakesNoTime() {
    try (Batches<ImageBatch> batches =
        Batches.shuffled(FloatDataset.counting(10), 3, 1, Long.MAX_VALUE / 2)) {
      assertEquals(3, batches.next().count());
    }
  }

  @Test
  void differentSeedsGiveDifferentOrders() {
    Dataset data = FloatDataset.counting(50);
    try (Batches<ImageBatch> one = Batches.shuffled(data, 50, 1);
        Batches<ImageBatch> two = Batches.shuffled(data, 50, 2);
        Batches<ImageBatch> same = Batches.shuffled(data, 50, 1)) {
      String order = Arrays.toString(one.next().indices());
      assertNotEquals(order, Arrays.toString(two.next().indices()));
      assertEquals(order, Arrays.toString(same.next().indices()));
    }
  }

  @Test
  void shuffledPositionsAreUniform() {
    int[] counts = new int[5];
    BatchOrder order = BatchOrder.shuffled(5, 5, 99);
    for (int epoch = 0; epoch < 10_000; epoch++) {
      counts[order.batch(epoch)[2]]++;
    }
    for (int count : counts) {
      assertTrue(Math.abs(count - 2_000) < 250, "count " + count);
    }
  }

  @Test
  void invalidBatchSizesAreRejected() {
    Dataset data = FloatDataset.counting(10);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Batches.shuffled(data, 11, 1).close()),
        "batch of 11",
        "10 examples",
        "expected 1 to 10",
        "a smaller batch");
    assertThrows(IllegalArgumentException.class, () -> Batches.inOrder(data, 11).close());
    for (int batch : new int[] {-1, 0}) {
      assertMessageContains(
          assertThrows(
              IllegalArgumentException.class, () -> Batches.shuffled(data, batch, 1).close()),
          "Batches.shuffled: expected a batch of at least 1 example, got " + batch + ".");
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Batches.inOrder(data, batch).close()),
          "Batches.inOrder: expected a batch of at least 1 example, got " + batch + ".");
    }
    Dataset empty = data.range(3, 3);
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Batches.shuffled(empty, 1, 1).close()),
        "Batches.shuffled: expected at least 1 example, got none");
    assertMessageContains(
        assertThrows(IllegalArgumentException.class, () -> Batches.inOrder(empty, 1).close()),
        "Batches.inOrder: expected at least 1 example, got none");
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class, () -> Batches.shuffled(data, 1, 1, -1).close()),
        "Batches.shuffled: expected a first batch of at least 0, got -1.");
    BatchStream<int[]> stream = new Counting(0, 100);
    for (int batch : new int[] {0, -1}) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> Batches.of(stream, batch).close()),
          "Batches.of: expected a batch of at least 1 example, got " + batch + ".");
    }
  }

  /** A stream of the numbers from its position to its end. */
  private static final class Counting implements BatchStream<int[]> {
    private final int end;
    private int position;

    Counting(int position, int end) {
      this.position = position;
      this.end = end;
    }

    @Override
    public int[] next(int n) {
      if (position + n > end) {
        position = end;
        return null;
      }
      position += n;
      return IntStream.range(position - n, position).toArray();
    }

    @Override
    public long position() {
      return position;
    }
  }

  @Test
  void positionOfAStreamIsThatAfterTheLastBatchThatWasReturned() {
    try (Batches<int[]> batches = Batches.of(new Counting(7, 40), 5)) {
      assertEquals(7, batches.position());
      for (int start = 7; start <= 32; start += 5) {
        assertEquals(start, batches.next()[0]);
        assertEquals(start + 5, batches.position());
      }
      assertNull(batches.next());
      assertEquals(37, batches.position(), "as if the incomplete batch had not been read");
      try (Batches<int[]> rest = Batches.of(new Counting((int) batches.position(), 40), 3)) {
        assertArrayEquals(new int[] {37, 38, 39}, rest.next());
      }
    }
  }

  @Test
  void positionOfASourceResumesIt() {
    Dataset data = FloatDataset.counting(11);
    try (Batches<ImageBatch> batches = Batches.shuffled(data, 3, 4, 2)) {
      assertEquals(6, batches.position());
      for (int n = 0; n < 5; n++) {
        batches.next();
        assertEquals(9 + 3 * n, batches.position());
      }
      try (Batches<ImageBatch> rest = Batches.shuffled(data, 3, 4, batches.position() / 3)) {
        assertArrayEquals(batches.next().indices(), rest.next().indices());
        assertEquals(batches.position(), rest.position());
      }
    }
    try (Batches<ImageBatch> batches = Batches.inOrder(data, 4)) {
      for (long end : new long[] {4, 8, 11}) {
        batches.next();
        assertEquals(end, batches.position());
      }
      assertNull(batches.next());
      assertEquals(11, batches.position());
    }
  }

  @Test
  void nanIsReportedWithImageAndPosition() {
    float[] pixels = new float[5 * 2 * 3];
    pixels[3 * 6 + 4] = Float.NaN;
    try (Batches<ImageBatch> batches = Batches.inOrder(new FloatDataset(pixels, 5, 2, 3, 1), 2)) {
      assertEquals(2, batches.next().count());
      for (int i = 0; i < 2; i++) {
        assertMessageContains(
            assertThrows(IllegalArgumentException.class, batches::next),
            "got NaN in image 3 of the dataset at row 1, column 1, channel 0",
            "expected finite values",
            "repair or remove");
      }
    }
  }

  @Test
  void infinityIsRejected() {
    float[] pixels = {0, Float.POSITIVE_INFINITY};
    try (Batches<ImageBatch> batches =
        Batches.shuffled(new FloatDataset(pixels, 2, 1, 1, 1), 2, 1)) {
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, batches::next), "Infinity in image 1");
    }
  }

  @Test
  void batchOfMismatchedArraysIsRejected() {
    assertMessageContains(
        assertThrows(
            IllegalArgumentException.class,
            () -> new ImageBatch(new float[4], 2, 1, 1, 1, new int[2], new int[2])),
        "got 4 pixels, 2 labels and 2 indices",
        "expected 2, 2 and 2",
        "correct the sizes");
  }

  @Test
  void closingEndsTheThreadOfAnUnfinishedRun() throws InterruptedException {
    Set<Thread> before = loaders();
    Batches<ImageBatch> batches = Batches.shuffled(FloatDataset.counting(10), 2, 1);
    batches.next();
    Set<Thread> during = loaders();
    during.removeAll(before);
    assertEquals(1, during.size());
    Thread loader = during.iterator().next();
    assertTrue(loader.isDaemon());
    batches.close();
    assertFalse(loader.isAlive());
    batches.close();
    assertMessageContains(
        assertThrows(IllegalStateException.class, batches::next), "closed", "Create new ones");
  }

  private static Set<Thread> loaders() {
    Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
    threads.removeIf(thread -> !thread.getName().startsWith("vqvae4j-batches-"));
    return threads;
  }
}
