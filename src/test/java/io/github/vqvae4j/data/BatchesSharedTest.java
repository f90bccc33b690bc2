package io.github.vqvae4j.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Augmentation;
import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.ImageBatch;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.quantize.Codes;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams and sources that are not thread-safe are read by one thread at a time. */
@Timeout(60)
class BatchesSharedTest {
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final AtomicInteger active = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();

  private void read() {
    threads.add(Thread.currentThread());
    most.accumulateAndGet(active.incrementAndGet(), Math::max);
    sleep(2);
    active.decrementAndGet();
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A source with a cursor, like that of a file. */
  private final class Cursor implements Source<int[]> {
    private int cursor;

    @Override
    public int size() {
      return 600;
    }

    @Override
    public int[] batch(int... indices) {
      int[] batch = new int[indices.length];
      for (int i = 0; i < batch.length; i++) {
        cursor = indices[i];
        read();
        batch[i] = cursor;
      }
      return batch;
    }
  }

  /** Images of one pixel, whose loader has a cursor. */
  private final class CursorImages implements Dataset {
    private int cursor;

    @Override
    public int size() {
      return 600;
    }

    @Override
    public int height() {
      return 1;
    }

    @Override
    public int width() {
      return 1;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public void image(int index, float[] target, int offset) {
      cursor = index;
      read();
      target[offset] = cursor;
    }

    @Override
    public int label(int index) {
      return -1;
    }
  }

  @Test
  void aSourceWithACursorIsReadByOneThread() {
    Cursor source = new Cursor();
    assertFalse(source.isThreadSafe());
    try (Batches<int[]> batches = Batches.inOrder(source, 3)) {
      for (int n = 0; n < 40; n++) {
        assertArrayEquals(new int[] {3 * n, 3 * n + 1, 3 * n + 2}, batches.next());
      }
    }
    assertEquals(1, threads.size());
  }

  @Test
  void viewsOfASourceWithACursorAreReadOneAtATime() {
    Source<int[]> source = new Cursor();
    Source<int[]> selected = source.range(200, 600).select(7, 5, 3, 1, 9, 11);
    try (Batches<int[]> all = Batches.shuffled(source, 2, 1);
        Batches<int[]> training = Batches.inOrder(source.range(0, 200), 2);
        Batches<int[]> heldOut = Batches.inOrder(selected, 1)) {
      for (int n = 0; n < 6; n++) {
        all.next();
        assertArrayEquals(new int[] {2 * n, 2 * n + 1}, training.next());
        assertEquals(200 + new int[] {7, 5, 3, 1, 9, 11}[n], heldOut.next()[0]);
      }
    }
    assertEquals(3, threads.size());
    assertEquals(1, most.get());
  }

  @Test
  void viewsOfADatasetWithACursorAreReadOneAtATime() {
    Dataset data = new CursorImages();
    Dataset augmented = data.range(0, 300).augmented(Augmentation.NONE.flip(true), 1);
    Dataset heldOut = data.split(3, 0.5).get(1).select(4, 2, 9, 7, 5, 0, 1, 3);
    try (Batches<ImageBatch> training = Batches.shuffled(augmented, 3, 1);
        Batches<ImageBatch> evaluation = Batches.inOrder(heldOut, 1)) {
      CompletableFuture<Double> variance = CompletableFuture.supplyAsync(heldOut::variance);
      for (int n = 0; n < 8; n++) {
        ImageBatch batch = training.next();
        for (int i = 0; i < 3; i++) {
          assertEquals(batch.indices()[i], batch.images()[i]);
        }
        float[] expected = new float[1];
        synchronized (data) {
          heldOut.image(n, expected, 0);
        }
        assertArrayEquals(expected, evaluation.next().images());
      }
      assertTrue(variance.join() > 0);
    }
    assertEquals(1, most.get());
  }

  @Test
  void copiesOfADatasetWithACursorAreReadWhileItIsLoaded() {
    Dataset data = new CursorImages();
    Dataset heldOut = data.range(500, 600);
    try (Batches<ImageBatch> training = Batches.inOrder(data.range(0, 300), 3)) {
      CompletableFuture<Void> consumer =
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < 100; n++) {
                  assertEquals(3 * n, training.next().images()[0]);
                }
              });
      for (int n = 0; !consumer.isDone(); n = (n + 1) % 100) {
        assertArrayEquals(new float[] {500 + n}, heldOut.pixels(n, n + 1));
        assertArrayEquals(new float[] {500 + n}, Images.from(heldOut, n).pixels());
      }
      consumer.join();
    }
    assertEquals(1, most.get());
  }

  @Test
  void theLibrarysSourcesAreThreadSafeAndViewsForward() {
    Images images = Images.of(new float[20], 5, 2, 2, 1);
    for (Source<?> safe :
        new Source<?>[] {
          images,
          images.range(0, 3),
          images.select(1, 2),
          images.augmented(Augmentation.NONE.flip(true), 1),
          images.atEpoch(4),
          Codes.of(new int[8], 3, 2, 2, 2)
        }) {
      assertTrue(safe.isThreadSafe(), safe.toString());
    }
    CursorImages unsafe = new CursorImages();
    for (Source<?> view :
        new Source<?>[] {
          unsafe.range(0, 3),
          unsafe.select(1, 2).augmented(Augmentation.NONE.flip(true), 1),
          unsafe.atEpoch(4),
          new Cursor().range(0, 3)
        }) {
      assertFalse(view.isThreadSafe(), view.toString());
    }
  }

  /** A stream whose batches wait for a latch, and that knows how many threads read it. */
  private static final class Slow implements BatchStream<int[]> {
    final CountDownLatch reading = new CountDownLatch(3);
    final CountDownLatch goOn = new CountDownLatch(1);
    final AtomicInteger active = new AtomicInteger();
    final AtomicInteger most = new AtomicInteger();
    private volatile int position;

    @Override
    public int[] next(int n) {
      most.accumulateAndGet(active.incrementAndGet(), Math::max);
      int start = position;
      reading.countDown();
      if (start == 4) {
        await(goOn);
        sleep(20);
      }
      position = start + n;
      active.decrementAndGet();
      return new int[] {start};
    }

    @Override
    public long position() {
      return position;
    }
  }

  @Test
  void aStreamIsReadOnAfterTheLastBatchOfClosedBatches() {
    Slow stream = new Slow();
    Batches<int[]> first = Batches.of(stream, 2);
    assertEquals(0, first.next()[0]);
    await(stream.reading); // of the batch at 4
    long start = System.nanoTime();
    first.close();
    assertTrue(System.nanoTime() - start < 10_000_000_000L, "waits a second");
    CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS).execute(stream.goOn::countDown);
    try (Batches<int[]> second = Batches.of(stream, 3)) {
      assertEquals(6, second.position());
      for (int position = 6; position < 30; position += 3) {
        assertEquals(position, second.next()[0]);
        assertEquals(position + 3, second.position());
      }
    }
    assertEquals(1, stream.most.get());
  }

  @Test
  void closingRepeatedlyNeverLosesABatchOfTheNextReader() {
    int[] position = {0};
    BatchStream<int[]> stream =
        new BatchStream<>() {
          @Override
          public int[] next(int n) {
            position[0] += n;
            return new int[] {position[0] - n};
          }

          @Override
          public long position() {
            return position[0];
          }
        };
    for (int run = 0; run < 500; run++) {
      try (Batches<int[]> batches = Batches.of(stream, 1)) {
        long start = batches.position();
        for (int n = 0; n < run % 4; n++) {
          assertEquals(start + n, batches.next()[0]);
        }
      }
    }
  }

  @Test
  void anInterruptedThreadClosesAfterTheBatchBeingRead() {
    CountDownLatch reading = new CountDownLatch(1);
    AtomicInteger read = new AtomicInteger();
    BatchStream<int[]> stream =
        new BatchStream<>() {
          @Override
          public int[] next(int n) {
            reading.countDown();
            sleep(200);
            read.incrementAndGet();
            return new int[n];
          }

          @Override
          public long position() {
            return read.get();
          }
        };
    Batches<int[]> batches = Batches.of(stream, 1);
    await(reading);
    Thread.currentThread().interrupt();
    batches.close();
    assertTrue(Thread.interrupted(), "the status is kept");
    assertEquals(1, read.get(), "closed while the batch was being read");
  }
}
