package io.github.vqvae4j.data;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Dataset;
import io.github.vqvae4j.data.image.FloatDataset;
import io.github.vqvae4j.data.image.ImageBatch;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class BatchesThreadTest {

  /** Ten images of one pixel, with an action to run before each is returned. */
  private record Watched(IntConsumer beforeImage) implements Dataset {
    @Override
    public int size() {
      return 10;
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
      beforeImage.accept(index);
      target[offset] = index;
    }

    @Override
    public int label(int index) {
      return -1;
    }
  }

  @Test
  void exceptionOfTheDataSetIsRethrown() {
    UncheckedIOException unreadable =
        new UncheckedIOException("cannot read image 5", new IOException("disk"));
    Dataset data =
        new Watched(
            index -> {
              if (index == 5) {
                throw unreadable;
              }
            });
    try (Batches<ImageBatch> batches = Batches.inOrder(data, 2)) {
      assertEquals(2, batches.next().count());
      assertEquals(2, batches.next().count());
      assertSame(unreadable, assertThrows(UncheckedIOException.class, batches::next));
      assertSame(unreadable, assertThrows(UncheckedIOException.class, batches::next));
    }
  }

  @Test
  void errorOfTheDataSetIsRethrown() {
    OutOfMemoryError full = new OutOfMemoryError("test");
    Dataset data =
        new Watched(
            index -> {
              throw full;
            });
    try (Batches<ImageBatch> batches = Batches.inOrder(data, 2)) {
      assertSame(full, assertThrows(OutOfMemoryError.class, batches::next));
    }
  }

  @Test
  void checkedExceptionBecomesTheCause() {
    IOException smuggled = new IOException("disk");
    Dataset data =
        new Watched(index -> BatchesThreadTest.<RuntimeException>throwUnchecked(smuggled));
    try (Batches<ImageBatch> batches = Batches.inOrder(data, 2)) {
      IllegalStateException e = assertThrows(IllegalStateException.class, batches::next);
      assertSame(smuggled, e.getCause());
      assertMessageContains(e, "the source threw", "disk");
    }
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void throwUnchecked(Exception e) throws E {
    throw (E) e;
  }

  @Test
  void twoBatchesArePrefetched() throws InterruptedException {
    AtomicInteger read = new AtomicInteger();
    try (Batches<ImageBatch> batches =
        Batches.inOrder(new Watched(index -> read.incrementAndGet()), 1)) {
      long deadline = System.nanoTime() + 5_000_000_000L;
      while (read.get() < 2 && System.nanoTime() < deadline) {
        Thread.sleep(1);
      }
      Thread.sleep(50);
      assertEquals(2, read.get());
      assertArrayEquals(new int[] {0}, batches.next().indices());
      while (read.get() < 3 && System.nanoTime() < deadline) {
        Thread.sleep(1);
      }
      Thread.sleep(50);
      assertEquals(3, read.get());
    }
  }

  /** Shuffling an epoch of millions of examples takes long. */
  @Test
  void callersDoNotWaitForTheOrderOfLaterBatches() {
    CountDownLatch shuffling = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    BatchOrder order =
        number -> {
          if (number == 2) {
            shuffling.countDown();
            await(goOn);
          }
          return new int[] {(int) number};
        };
    try (Batches<ImageBatch> batches = Batches.of(new Watched(index -> {}), order, 1, 0)) {
      try {
        assertArrayEquals(new int[] {0}, batches.next().indices());
        await(shuffling);
        CompletableFuture<ImageBatch> ready = CompletableFuture.supplyAsync(batches::next);
        assertArrayEquals(new int[] {1}, ready.orTimeout(10, TimeUnit.SECONDS).join().indices());
      } finally {
        goOn.countDown(); // before close, which could wait for the order, too
      }
      assertArrayEquals(new int[] {2}, batches.next().indices());
    }
  }

  @Test
  void failureOfTheOrder() {
    IllegalStateException failure = new IllegalStateException("order");
    BatchOrder order =
        number -> {
          if (number == 1) {
            throw failure;
          }
          return new int[] {(int) number};
        };
    try (Batches<ImageBatch> batches = Batches.of(new Watched(index -> {}), order, 1, 0)) {
      assertArrayEquals(new int[] {0}, batches.next().indices());
      assertSame(failure, assertThrows(IllegalStateException.class, batches::next));
      assertSame(failure, assertThrows(IllegalStateException.class, batches::next));
    }
  }

  @Test
  void closingStopsAfterTheBatchBeingRead() {
    CountDownLatch reading = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger read = new AtomicInteger();
    Batches<ImageBatch> batches =
        Batches.inOrder(
            new Watched(
                index -> {
                  read.incrementAndGet();
                  reading.countDown();
                  await(goOn);
                }),
            5);
    await(reading);
    CompletableFuture<Void> closing = CompletableFuture.runAsync(batches::close);
    // When next() throws, the close is visible; only then the batch may be finished.
    assertThrows(IllegalStateException.class, batches::next);
    goOn.countDown();
    closing.join();
    assertEquals(5, read.get());
  }

  @Test
  void closingWakesAWaitingCaller() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    Batches<ImageBatch> batches = Batches.inOrder(new Watched(index -> await(never)), 10);
    CompletableFuture<ImageBatch> waiting = new CompletableFuture<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                waiting.complete(batches.next());
              } catch (Throwable e) {
                waiting.completeExceptionally(e);
              }
            });
    caller.start();
    while (caller.getState() != Thread.State.WAITING) {
      Thread.sleep(1);
    }
    long start = System.nanoTime();
    batches.close();
    CompletionException e = assertThrows(CompletionException.class, waiting::join);
    assertInstanceOf(IllegalStateException.class, e.getCause());
    assertTrue(System.nanoTime() - start < 10_000_000_000L, "close waits at most one second");
    never.countDown();
  }

  @Test
  void interruptedCallerKeepsItsInterruptStatusAndLosesNoBatch() {
    CountDownLatch goOn = new CountDownLatch(1);
    try (Batches<ImageBatch> batches = Batches.inOrder(new Watched(index -> await(goOn)), 10)) {
      Thread.currentThread().interrupt();
      CancellationException e = assertThrows(CancellationException.class, batches::next);
      assertTrue(Thread.interrupted());
      assertMessageContains(e, "interrupted while waiting for a batch");
      assertInstanceOf(InterruptedException.class, e.getCause());
      goOn.countDown();
      ImageBatch batch = batches.next();
      assertNotNull(batch);
      assertEquals(10, batch.count());
    }
  }

  @Test
  void interruptedThreadCanClose() {
    Batches<ImageBatch> batches = Batches.shuffled(FloatDataset.counting(10), 2, 1);
    Thread.currentThread().interrupt();
    batches.close();
    assertTrue(Thread.interrupted());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
