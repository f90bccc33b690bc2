package io.github.vqvae4j.serve;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import io.github.vqvae4j.random.Rng;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestBatcherTest {
  private static final BatchLimits AT_ONCE = BatchLimits.DEFAULT;

  private final List<Integer> batches = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch started = new CountDownLatch(1);
  private final CountDownLatch mayEnd = new CountDownLatch(1);

  private static Images image(int side, float value) {
    float[] pixels = new float[side * side];
    pixels[0] = value;
    return Images.of(pixels, 1, side, side, 1);
  }

  /** Returns each image as it is; the first batch ends when it may. */
  private RequestBatcher<Images, Images> blocked(BatchLimits limits) {
    return RequestBatcher.ofImages(
        images -> {
          batches.add(images.size());
          started.countDown();
          await(mayEnd);
          return images;
        },
        RequestBatcher::images,
        limits);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void manyThreadsGetTheirOwnAnswers() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (VqVae model = Shapes.model(1, 3);
        RequestBatcher<Images, Codes> encoder =
            RequestBatcher.ofImages(model::encode, Codes::range, BatchLimits.DEFAULT)) {
      Images all = Images.from(Shapes.rectangles(64, 16, 1, 1));
      Codes expected = model.encode(all);
      List<Future<Codes>> answers = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        Images one = all.image(i);
        answers.add(threads.submit(() -> encoder.call(one)));
      }
      for (int i = 0; i < 64; i++) {
        assertEquals(expected.range(i, i + 1), answers.get(i).get());
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void requestsOfOneKindThatWaitAreABatch() throws Exception {
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE.maxBatch(3))) {
      CompletableFuture<Images> first = batcher.submit(image(4, 0));
      await(started);
      List<CompletableFuture<Images>> small = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        small.add(batcher.submit(image(4, i)));
      }
      CompletableFuture<Images> large = batcher.submit(image(8, 5));
      CompletableFuture<Images> several =
          batcher.submit(Images.concat(image(4, 6), image(4, 7), image(4, 8), image(4, 9)));
      mayEnd.countDown();
      assertEquals(image(4, 0), first.get());
      for (int i = 0; i < 4; i++) {
        assertEquals(image(4, i), small.get(i).get());
      }
      assertEquals(image(8, 5), large.get());
      assertEquals(4, several.get().size());
      assertEquals(9, several.get().pixels()[3 * 16]);
    }
    assertEquals(List.of(1, 3, 1, 1, 4), batches);
  }

  @Test
  void aRequestWaitsForOthersForALimitedTime() throws Exception {
    mayEnd.countDown();
    Duration delay = Duration.ofMillis(300);
    try (RequestBatcher<Images, Images> batcher =
        blocked(BatchLimits.DEFAULT.maxDelay(delay).maxBatch(2))) {
      long start = System.nanoTime();
      batcher.call(image(4, 1));
      assertTrue(System.nanoTime() - start >= delay.toNanos());
    }
    try (RequestBatcher<Images, Images> batcher =
        blocked(BatchLimits.DEFAULT.maxDelay(Duration.ofMinutes(10)).maxBatch(2))) {
      CompletableFuture<Images> first = batcher.submit(image(4, 1));
      batcher.submit(image(4, 2)).get(); // at once, since the batch is full
      first.get();
    }
    assertEquals(List.of(1, 2), batches);
  }

  @Test
  void aBadRequestFailsAlone() throws Exception {
    Function<Images, Images> pass =
        images -> {
          await(mayEnd);
          for (float value : images.pixels()) {
            if (value == 1) {
              throw new IllegalArgumentException("expected no 1");
            }
          }
          return images;
        };
    try (RequestBatcher<Images, Images> batcher =
        RequestBatcher.ofImages(pass, RequestBatcher::images, AT_ONCE)) {
      List<CompletableFuture<Images>> answers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        answers.add(batcher.submit(image(4, i)));
      }
      mayEnd.countDown();
      assertEquals(image(4, 0), answers.get(0).get());
      Throwable failure = assertThrows(ExecutionException.class, answers.get(1)::get).getCause();
      assertMessageContains(failure, "expected no 1");
      assertEquals(image(4, 2), answers.get(2).get());
      assertMessageContains(
          assertThrows(IllegalArgumentException.class, () -> batcher.call(image(4, 1))),
          "expected no 1");
    }
  }

  @Test
  void errorsReachTheirCaller() {
    StackOverflowError error = new StackOverflowError();
    try (RequestBatcher<Images, Images> batcher =
        RequestBatcher.ofImages(
            images -> {
              throw error;
            },
            RequestBatcher::images,
            AT_ONCE)) {
      assertSame(error, assertThrows(StackOverflowError.class, () -> batcher.call(image(4, 1))));
      assertSame(error, assertThrows(StackOverflowError.class, () -> batcher.call(image(4, 1))));
    }
  }

  @Test
  void tooManyRequestsAreRejectedOrWait() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE.maxBatch(1).maxWaiting(1))) {
      batcher.submit(image(4, 0));
      await(started);
      batcher.submit(image(4, 1));
      assertMessageContains(
          assertThrows(RejectedExecutionException.class, () -> batcher.submit(image(4, 2))),
          "fewer than 1 waiting");
      Future<Images> waiting = thread.submit(() -> batcher.call(image(4, 3)));
      mayEnd.countDown();
      assertEquals(image(4, 3), waiting.get());
    } finally {
      thread.shutdownNow();
    }
  }

  @Test
  void aCancelledRequestIsNotComputed() {
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE.maxBatch(1))) {
      batcher.submit(image(4, 0));
      await(started);
      batcher.submit(image(4, 1)).cancel(false);
      mayEnd.countDown();
    }
    assertEquals(List.of(1), batches);
  }

  /** Callers that wait for room are woken, and others find it, also while a batch is computed. */
  @Test
  void cancelledRequestsMakeRoom() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE.maxBatch(1).maxWaiting(2))) {
      batcher.submit(image(4, 0));
      await(started);
      CompletableFuture<Images> one = batcher.submit(image(4, 1));
      CompletableFuture<Images> two = batcher.submit(image(4, 2));
      Future<Images> caller = thread.submit(() -> batcher.call(image(4, 3)));
      Thread.sleep(50); // most likely, it waits for room
      one.cancel(false);
      two.cancel(false);
      CompletableFuture<Images> other = batcher.submit(image(4, 4));
      mayEnd.countDown();
      assertEquals(image(4, 3), caller.get());
      assertEquals(image(4, 4), other.get());
    } finally {
      thread.shutdownNow();
    }
  }

  /** Seed of a failure is printed; every request gets its own answer or is cancelled. */
  @Test
  void requestsThatAreCancelledAtRandomDoNotHoldOthers() throws Exception {
    long seed = System.nanoTime();
    ExecutorService threads = Executors.newFixedThreadPool(8);
    List<Future<Integer>> wrong = new ArrayList<>();
    try (RequestBatcher<Images, Images> batcher =
        RequestBatcher.ofImages(
            images -> images, RequestBatcher::images, AT_ONCE.maxBatch(4).maxWaiting(2))) {
      for (int t = 0; t < 8; t++) {
        Rng rng = new Rng(seed + t);
        wrong.add(threads.submit(() -> wrongAnswers(batcher, rng)));
      }
      for (Future<Integer> answers : wrong) {
        assertEquals(0, answers.get(), () -> "seed " + seed);
      }
    } finally {
      threads.shutdownNow();
    }
  }

  private static int wrongAnswers(RequestBatcher<Images, Images> batcher, Rng rng) {
    int wrong = 0;
    for (int i = 0; i < 2_000; i++) {
      Images request = image(4, (float) rng.nextDouble());
      if (rng.nextInt(2) == 0) {
        wrong += batcher.call(request).equals(request) ? 0 : 1;
      } else {
        try {
          batcher.submit(request).cancel(false);
        } catch (RejectedExecutionException e) {
          Thread.onSpinWait(); // no room: expected
        }
      }
    }
    return wrong;
  }

  @SuppressWarnings("unchecked")
  private static <E extends Exception> void sneak(Exception e) throws E {
    throw (E) e;
  }

  /** Whatever the pass or a function of an answer does, the next request is answered. */
  @Test
  void thePassCannotStopTheThread() throws Exception {
    Function<Images, Images> pass =
        images -> {
          if (images.pixels()[0] == 2) {
            await(mayEnd); // throws if the thread is still interrupted
          }
          Thread.currentThread().interrupt();
          if (images.pixels()[0] == 1) {
            RequestBatcherTest.<RuntimeException>sneak(new IOException("a checked exception"));
          }
          return images;
        };
    try (RequestBatcher<Images, Images> batcher =
        RequestBatcher.ofImages(pass, RequestBatcher::images, BatchLimits.DEFAULT)) {
      assertEquals(image(4, 0), batcher.call(image(4, 0)));
      CompletionException failure =
          assertThrows(CompletionException.class, () -> batcher.call(image(4, 1)));
      assertMessageContains(failure, "a checked exception");
      CompletableFuture<Void> interrupted =
          batcher.submit(image(4, 2)).thenRun(() -> Thread.currentThread().interrupt());
      mayEnd.countDown();
      interrupted.get();
      assertEquals(image(4, 3), batcher.call(image(4, 3)));
    }
  }

  @Test
  void answersOfAnotherNumberAreRejected() throws Exception {
    for (int more : new int[] {-1, 1}) {
      try (RequestBatcher<Images, Images> batcher =
          RequestBatcher.ofImages(
              images ->
                  more < 0 ? images.image(0) : Images.concat(images.image(0), Images.from(images)),
              RequestBatcher::images,
              AT_ONCE)) {
        Images three = Images.concat(image(4, 1), image(4, 2), image(4, 3));
        assertMessageContains(
            assertThrows(IllegalStateException.class, () -> batcher.call(three)),
            "an answer for each of 3 examples");
      }
    }
    try (RequestBatcher<Images, Images> batcher =
        RequestBatcher.ofImages(images -> null, RequestBatcher::images, AT_ONCE)) {
      assertThrows(IllegalStateException.class, () -> batcher.call(image(4, 1)));
    }
  }

  @Test
  void nullsAreRejectedAtOnce() {
    RequestBatcher.Part<Images> part = RequestBatcher::images;
    Function<Images, Images> pass = images -> images;
    assertThrows(NullPointerException.class, () -> RequestBatcher.ofImages(null, part, AT_ONCE));
    assertThrows(NullPointerException.class, () -> RequestBatcher.ofCodes(null, part, AT_ONCE));
    assertThrows(NullPointerException.class, () -> RequestBatcher.ofImages(pass, null, AT_ONCE));
    assertThrows(NullPointerException.class, () -> RequestBatcher.ofImages(pass, part, null));
  }

  /** An image of unbounded values would make a whole batch one of unbounded values. */
  @Test
  void imagesOfUnboundedValuesAreAnotherKind() throws Exception {
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE)) {
      batcher.submit(image(4, 0));
      await(started);
      CompletableFuture<Images> pixels = batcher.submit(image(4, 1));
      CompletableFuture<Images> unbounded = batcher.submit(image(4, 1).unbounded());
      mayEnd.countDown();
      assertTrue(pixels.get().unitRange());
      assertFalse(unbounded.get().unitRange());
    }
    assertEquals(List.of(1, 1, 1), batches);
  }

  @Test
  void anIdleBatcherKeepsNoRequest() throws Exception {
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE)) {
      mayEnd.countDown();
      WeakReference<Images> request = new WeakReference<>(callOnce(batcher));
      for (int i = 0; i < 100 && request.get() != null; i++) {
        System.gc();
        Thread.sleep(20);
      }
      assertNull(request.get());
    }
  }

  private static Images callOnce(RequestBatcher<Images, Images> batcher) {
    Images request = image(4, 1);
    batcher.call(request);
    return request;
  }

  @Test
  void aFunctionOfAnAnswerCannotCall() {
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE)) {
      CompletableFuture<Images> called = batcher.submit(image(4, 0)).thenApply(batcher::call);
      mayEnd.countDown();
      Throwable failure = assertThrows(ExecutionException.class, called::get).getCause();
      assertMessageContains(failure, "cannot wait for itself");
    }
  }

  @Test
  void closingAnswersThoseThatWaitAndRejectsOthers() throws Exception {
    RequestBatcher<Images, Images> batcher = blocked(AT_ONCE.maxBatch(1));
    batcher.submit(image(4, 0));
    await(started);
    CompletableFuture<Images> waiting = batcher.submit(image(4, 1));
    mayEnd.countDown();
    batcher.close();
    assertTrue(waiting.isDone());
    assertEquals(image(4, 1), waiting.get());
    assertMessageContains(
        assertThrows(RejectedExecutionException.class, () -> batcher.call(image(4, 2))), "closed");
    batcher.close();
  }

  @Test
  void anInterruptedCallerStopsWaiting() {
    try (RequestBatcher<Images, Images> batcher = blocked(AT_ONCE)) {
      batcher.submit(image(4, 0));
      await(started);
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, () -> batcher.call(image(4, 0)));
      assertTrue(Thread.interrupted());
      mayEnd.countDown();
    }
    assertEquals(List.of(1), batches); // its request was removed
  }

  @Test
  void aFunctionOfAnAnswerCannotCloseTheBatcher() {
    RequestBatcher<Images, Images> batcher = blocked(AT_ONCE);
    CompletableFuture<Void> closed =
        batcher.submit(image(4, 0)).thenAccept(answer -> batcher.close());
    mayEnd.countDown();
    Throwable failure = assertThrows(ExecutionException.class, closed::get).getCause();
    assertMessageContains(failure, "cannot wait for itself");
    batcher.close();
  }

  @Test
  void codesAreDecodedWithTheirModelOnly() {
    try (VqVae model = Shapes.model(1, 3);
        RequestBatcher<Codes, Images> decoder =
            RequestBatcher.ofCodes(
                model::decode, RequestBatcher::images, AT_ONCE.maxDelay(Duration.ofMillis(100)))) {
      Codes codes = model.encode(Shapes.rectangles(2, 16, 1, 1));
      assertEquals(model.decode(codes), decoder.call(codes));
      Codes odd = model.encode(Shapes.rectangles(1, 15, 1, 1));
      Codes even = model.encode(Shapes.rectangles(1, 16, 1, 1));
      CompletableFuture<Images> small = decoder.submit(odd);
      assertEquals(16, decoder.call(even).height());
      assertEquals(15, small.join().height());
      Codes other = codes.withModelHash("0".repeat(64));
      assertThrows(IllegalArgumentException.class, () -> decoder.call(other));
    }
  }

  @Test
  void limitsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> AT_ONCE.maxBatch(0));
    assertThrows(IllegalArgumentException.class, () -> AT_ONCE.maxWaiting(0));
    assertThrows(IllegalArgumentException.class, () -> AT_ONCE.maxDelay(Duration.ofMillis(-1)));
    Duration huge = Duration.ofSeconds(Long.MAX_VALUE);
    assertThrows(IllegalArgumentException.class, () -> AT_ONCE.maxDelay(huge));
  }
}
