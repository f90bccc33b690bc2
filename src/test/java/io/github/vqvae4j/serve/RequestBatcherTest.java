package io.github.vqvae4j.serve;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.model.Shapes;
import io.github.vqvae4j.model.vqvae.VqVae;
import io.github.vqvae4j.quantize.Codes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
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
  private static final BatchLimits AT_ONCE = BatchLimits.DEFAULT.maxDelay(Duration.ZERO);

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
      CompletableFuture<Images> first = batcher.submit(image(4, 1));
      batcher.submit(image(4, 2)).get();
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
    assertMessageContains(failure, "its own end");
    batcher.close();
  }

  @Test
  void codesAreDecodedWithTheirModelOnly() {
    try (VqVae model = Shapes.model(1, 3);
        RequestBatcher<Codes, Images> decoder =
            RequestBatcher.ofCodes(model::decode, RequestBatcher::images, BatchLimits.DEFAULT)) {
      Codes codes = model.encode(Shapes.rectangles(2, 16, 1, 1));
      assertEquals(model.decode(codes), decoder.call(codes));
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
