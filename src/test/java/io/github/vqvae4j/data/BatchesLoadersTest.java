package io.github.vqvae4j.data;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Several threads that load batches of a slow source. */
@Timeout(60)
class BatchesLoadersTest {
  private static final int THREADS = Runtime.getRuntime().availableProcessors();

  /** A source of numbers that knows which threads read it. */
  private static final class Watched implements Source<int[]> {
    private final int size;
    private final Consumer<int[]> beforeBatch;
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** The number of batches whose loading has started. */
    private final AtomicInteger started = new AtomicInteger();

    Watched(int size, Consumer<int[]> beforeBatch) {
      this.size = size;
      this.beforeBatch = beforeBatch;
    }

    @Override
    public int size() {
      return size;
    }

    @Override
    public boolean isThreadSafe() {
      return true;
    }

    @Override
    public int[] batch(int... indices) {
      started.incrementAndGet();
      threads.add(Thread.currentThread());
      beforeBatch.accept(indices);
      return indices.clone();
    }

    void assertThreadsEnd() throws InterruptedException {
      for (Thread thread : threads) {
        thread.join(10_000);
        assertFalse(thread.isAlive(), thread.getName());
      }
      assertEquals(
          Set.of(),
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().startsWith("vqvae4j-batches"))
              .collect(Collectors.toSet()));
    }
  }

  private static void sleep(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Reads batches of a source in order until all threads load, and returns how many it read. */
  private static int startAllThreads(Batches<int[]> batches, Watched source) {
    return startAllThreads(batches, source, new AtomicInteger());
  }

  private static int startAllThreads(
      Batches<int[]> batches, Watched source, AtomicInteger returned) {
    int read = 0;
    while (source.threads.size() < THREADS) {
      assertEquals(read, batches.next()[0]);
      returned.set(++read);
      assertTrue(read < 500, "only " + source.threads.size() + " threads after 500 slow batches");
    }
    return read;
  }

  @Test
  void aSlowSourceIsReadBySeveralThreadsInTheSameOrder() throws InterruptedException {
    AtomicInteger loads = new AtomicInteger();
    // Uneven times, so that later batches are often finished first.
    Watched slow = new Watched(50, indices -> sleep(loads.incrementAndGet() % 3 == 0 ? 12 : 3));
    Watched fast = new Watched(50, indices -> {});
    try (Batches<int[]> several = Batches.shuffled(slow, 7, 5);
        Batches<int[]> one = Batches.shuffled(fast, 7, 5)) {
      for (int n = 0; n < 100; n++) {
        assertArrayEquals(one.next(), several.next(), "batch " + n);
      }
      assertEquals(THREADS, slow.threads.size());
      assertTrue(several.secondsWaited() > 0.1, several.secondsWaited() + " s");
      assertTrue(one.secondsWaited() < several.secondsWaited());
    }
    slow.assertThreadsEnd();
  }

  @Test
  void aFastSourceIsReadByOneThread() throws InterruptedException {
    Semaphore loaded = new Semaphore(0);
    Watched source = new Watched(100, indices -> loaded.release());
    try (Batches<int[]> batches = Batches.shuffled(source, 10, 1)) {
      loaded.acquire();
      for (int n = 0; n < 30; n++) {
        loaded.acquire(); // batch n + 1 is being loaded, so batch n is ready
        batches.next();
      }
      assertEquals(0, batches.secondsWaited());
      assertEquals(1, source.threads.size());
    }
    source.assertThreadsEnd();
  }

  @Test
  void onePassEndsWithSeveralThreads() throws InterruptedException {
    Watched source = new Watched(101, indices -> sleep(3));
    try (Batches<int[]> batches = Batches.inOrder(source, 2)) {
      for (int n = 0; n < 50; n++) {
        assertArrayEquals(new int[] {2 * n, 2 * n + 1}, batches.next());
      }
      assertArrayEquals(new int[] {100}, batches.next());
      assertNull(batches.next());
      assertNull(batches.next());
      assertEquals(51, source.started.get(), "no batch is read twice");
    }
    source.assertThreadsEnd();
  }

  @Test
  void theQueueIsBounded() {
    Watched source = new Watched(10_000, indices -> sleep(2));
    try (Batches<int[]> batches = Batches.inOrder(source, 1)) {
      int read = startAllThreads(batches, source);
      for (int n = 0; n < 5; n++) {
        int bound = read + 2 + THREADS - 1;
        while (source.started.get() < bound) {
          sleep(1);
        }
        sleep(40); // time for many more batches
        assertEquals(bound, source.started.get());
        assertEquals(read, batches.next()[0]);
        read++;
      }
    }
  }

  /** Loading is slow for a while, then the caller; the processors are busy throughout. */
  @Test
  void boundsUnderLoad() throws InterruptedException {
    AtomicBoolean end = new AtomicBoolean();
    List<Thread> load = new ArrayList<>();
    for (int i = 0; i < 2 * THREADS; i++) {
      Thread thread =
          new Thread(
              () -> {
                while (!end.get()) {
                  Thread.onSpinWait();
                }
              });
      thread.setDaemon(true);
      thread.start();
      load.add(thread);
    }
    AtomicInteger returned = new AtomicInteger();
    AtomicInteger ahead = new AtomicInteger();
    Watched source =
        new Watched(
            10_000,
            indices -> {
              // A batch that is being returned has not been counted yet.
              int loaded = indices[0] + 1 - returned.get();
              ahead.accumulateAndGet(loaded, Math::max);
              sleep(indices[0] % 5);
            });
    Set<Thread> before = loaders();
    try (Batches<int[]> batches = Batches.inOrder(source, 1)) {
      int read = startAllThreads(batches, source, returned);
      for (int n = 0; n < 150; n++) {
        if (n > 100) {
          sleep(n % 4);
        }
        assertEquals(read, batches.next()[0]);
        returned.set(++read);
      }
      Set<Thread> threads = loaders();
      threads.removeAll(before);
      assertEquals(THREADS, threads.size(), "one thread for each processor");
      assertEquals(source.threads, threads);
      int bound = 2 + THREADS - 1;
      assertTrue(ahead.get() <= bound + 1, ahead + " batches ahead, at most " + bound);
    } finally {
      end.set(true);
    }
    for (Thread thread : load) {
      thread.join();
    }
    source.assertThreadsEnd();
  }

  private static Set<Thread> loaders() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("vqvae4j-batches"))
        .collect(Collectors.toCollection(HashSet::new));
  }

  /** A source that is not safe for concurrent use has a synchronized batch method. */
  @Test
  void aSynchronizedSourceLoadsOneBatchAtATime() throws InterruptedException {
    AtomicInteger active = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    Source<int[]> source =
        new Source<>() {
          @Override
          public int size() {
            return 10_000;
          }

          @Override
          public synchronized int[] batch(int... indices) {
            threads.add(Thread.currentThread());
            most.accumulateAndGet(active.incrementAndGet(), Math::max);
            sleep(2);
            active.decrementAndGet();
            return indices.clone();
          }
        };
    try (Batches<int[]> training = Batches.shuffled(source.range(0, 9_000), 2, 3);
        Batches<int[]> evaluation = Batches.inOrder(source.range(9_000, 10_000), 3)) {
      for (int n = 0; n < 60; n++) {
        assertEquals(2, training.next().length);
        assertEquals(9_000 + 3 * n, evaluation.next()[0]);
      }
    }
    assertTrue(threads.size() > 1);
    assertEquals(1, most.get());
    for (Thread thread : threads) {
      thread.join(10_000);
    }
  }

  @Test
  void aFailureIsDeliveredAfterTheBatchesBeforeIt() throws InterruptedException {
    Assumptions.assumeTrue(THREADS > 1, "a single processor has a single loader thread");
    IllegalStateException failure = new IllegalStateException("damaged");
    AtomicInteger failing = new AtomicInteger(-1);
    CountDownLatch failed = new CountDownLatch(1);
    Watched source =
        new Watched(
            10_000,
            indices -> {
              sleep(3);
              if (indices[0] == failing.get()) {
                failed.countDown();
                throw failure;
              }
              if (indices[0] == failing.get() - 1) {
                try {
                  failed.await(); // the faster thread has failed already
                } catch (InterruptedException e) {
                  throw new IllegalStateException(e);
                }
                sleep(50);
              }
            });
    try (Batches<int[]> batches = Batches.inOrder(source, 1)) {
      int read = startAllThreads(batches, source);
      failing.set(read + 20);
      for (; read < failing.get(); read++) {
        assertEquals(read, batches.next()[0]);
      }
      assertSame(failure, assertThrows(IllegalStateException.class, batches::next));
      assertSame(failure, assertThrows(IllegalStateException.class, batches::next));
    }
    source.assertThreadsEnd();
  }

  @Test
  void errorOfALoaderIsDelivered() throws InterruptedException {
    OutOfMemoryError full = new OutOfMemoryError("Java heap space");
    Watched source =
        new Watched(
            1_000,
            indices -> {
              sleep(2);
              if (indices[0] == 60) {
                throw full;
              }
            });
    try (Batches<int[]> batches = Batches.inOrder(source, 1)) {
      for (int n = 0; n < 60; n++) {
        assertEquals(n, batches.next()[0]);
      }
      assertSame(full, assertThrows(OutOfMemoryError.class, batches::next));
    }
    source.assertThreadsEnd();
  }

  @Test
  void aSourceThatInterruptsItsThreadDoesNotHang() throws InterruptedException {
    Watched source =
        new Watched(
            1_000,
            indices -> {
              if (indices[0] == 3) {
                Thread.currentThread().interrupt();
              }
            });
    try (Batches<int[]> batches = Batches.inOrder(source, 1)) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () -> {
                for (int n = 0; n < 20; n++) {
                  assertEquals(n, batches.next()[0]);
                }
              });
      assertMessageContains(e, "interrupted");
    }
    source.assertThreadsEnd();
  }

  @Test
  void closingWhileAllThreadsLoad() throws InterruptedException {
    Watched source = new Watched(10_000, indices -> sleep(20));
    Batches<int[]> batches = Batches.inOrder(source, 1);
    startAllThreads(batches, source);
    batches.close();
    int started = source.started.get();
    source.assertThreadsEnd();
    sleep(60);
    assertEquals(started, source.started.get(), "nothing is loaded after close");
    assertThrows(IllegalStateException.class, batches::next);
  }

  @Test
  void anInterruptedCallerLosesNoBatchWithSeveralThreads() {
    Watched source = new Watched(10_000, indices -> sleep(5));
    try (Batches<int[]> batches = Batches.inOrder(source, 1)) {
      int read = startAllThreads(batches, source);
      for (int n = 0; n < 20; n++) {
        Thread.currentThread().interrupt();
        try {
          assertEquals(read, batches.next()[0]);
          read++;
        } catch (CancellationException e) {
          assertTrue(Thread.currentThread().isInterrupted());
        }
        Thread.interrupted();
      }
      assertEquals(read, batches.next()[0]);
    }
  }

  @Test
  void aStreamIsReadByOneThread() throws InterruptedException {
    Set<Thread> threads = ConcurrentHashMap.newKeySet();
    AtomicInteger position = new AtomicInteger();
    BatchStream<int[]> stream =
        new BatchStream<>() {
          @Override
          public int[] next(int n) {
            threads.add(Thread.currentThread());
            sleep(3);
            if (position.get() + n > 100) {
              return null;
            }
            return new int[] {position.getAndAdd(n)};
          }

          @Override
          public long position() {
            return position.get();
          }
        };
    List<Integer> read = new ArrayList<>();
    try (Batches<int[]> batches = Batches.of(stream, 3)) {
      for (int[] batch = batches.next(); batch != null; batch = batches.next()) {
        read.add(batch[0]);
      }
      assertNull(batches.next());
    }
    assertEquals(33, read.size());
    for (int n = 0; n < 33; n++) {
      assertEquals(3 * n, read.get(n));
    }
    assertEquals(1, threads.size());
  }
}
