package io.github.vqvae4j.serve;

import io.github.vqvae4j.data.Source;
import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.quantize.Codes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.slf4j.Logger;

/**
 * Gathers the requests of many threads into batches, of which one at a time is computed. A model
 * computes a batch of 32 images faster than 32 single ones.
 *
 * <pre>{@code
 * try (RequestBatcher<Images, Codes> encoder =
 *     RequestBatcher.ofImages(model::encode, Codes::range, BatchLimits.DEFAULT)) {
 *   Codes codes = encoder.call(image); // from any thread
 * }
 * }</pre>
 *
 * <p>A batch contains requests of the same kind only: images of one size, codes of one shape and
 * model, and of images of one size. Requests of a kind are answered in the order of their arrival,
 * except that a small one may overtake one that does not fit into the batch. If a batch fails, each
 * of its requests is computed alone, so that a request gets the error of its own input only.
 * Batches are computed by a daemon thread, which calls the model and so uses its threads.
 *
 * @param <I> the type of a request
 * @param <O> the type of an answer
 */
public final class RequestBatcher<I, O> implements AutoCloseable {
  private static final Logger LOG = Log.of(RequestBatcher.class);

  /**
   * Returns a part of the answer to a batch, such as {@code Codes::range} or {@link
   * RequestBatcher#images}.
   *
   * @param <O> the type of an answer
   */
  @FunctionalInterface
  public interface Part<O> {
    /**
     * Returns the answers for some examples of a batch.
     *
     * @param batch the answers for all examples
     * @param from the index of the first example
     * @param to the index after the last one
     * @return the part
     */
    O of(O batch, int from, int to);
  }

  /** A request that waits, with the time of its arrival. */
  private record Waiting<I, O>(
      I request, int examples, Object kind, CompletableFuture<O> answer, long arrival) {}

  /** What is known of the type of a request. */
  private record Type<I>(
      Function<I, Integer> examples, Function<I, Object> kind, Function<List<I>, I> concat) {}

  private final Type<I> type;
  private final Function<I, O> pass;
  private final Part<O> part;
  private final BatchLimits limits;

  /** Guards {@link #waiting} and {@link #closed}. */
  private final ReentrantLock lock = new ReentrantLock();

  private final Condition arrival = lock.newCondition();
  private final Condition room = lock.newCondition();

  /** The requests by arrival, each under its answer. */
  private final Map<CompletableFuture<O>, Waiting<I, O>> waiting = new LinkedHashMap<>();

  private boolean closed;

  /** What ended the thread, such as an {@link OutOfMemoryError}; null for nothing. */
  private Throwable failure;

  private final Thread thread = new Thread(this::run, "vqvae4j-batcher");

  private RequestBatcher(Type<I> type, Function<I, O> pass, Part<O> part, BatchLimits limits) {
    this.type = type;
    this.pass = pass;
    this.part = Objects.requireNonNull(part, "RequestBatcher: expected a part, got null.");
    this.limits = Objects.requireNonNull(limits, "RequestBatcher: expected limits, got null.");
    thread.setDaemon(true);
    thread.start();
  }

  /**
   * Creates a batcher of images.
   *
   * @param pass computes the answer to a batch, such as {@code model::encode}
   * @param part returns a part of it, such as {@code Codes::range}
   * @param limits the limits
   * @param <O> the type of an answer
   * @return the batcher, which the caller must close
   */
  public static <O> RequestBatcher<Images, O> ofImages(
      Function<? super Images, O> pass, Part<O> part, BatchLimits limits) {
    Objects.requireNonNull(pass, "RequestBatcher.ofImages: expected a pass, got null.");
    Type<Images> type =
        new Type<>(
            Images::size,
            images -> List.of(images.exampleShape(), images.unitRange()),
            requests -> Images.concat(requests.toArray(Images[]::new)));
    return new RequestBatcher<>(type, pass::apply, part, limits);
  }

  /**
   * Creates a batcher of codes.
   *
   * @param pass computes the answer to a batch, such as {@code model::decode}
   * @param part returns a part of it, such as {@code RequestBatcher::images}
   * @param limits the limits
   * @param <O> the type of an answer
   * @return the batcher, which the caller must close
   */
  public static <O> RequestBatcher<Codes, O> ofCodes(
      Function<? super Codes, O> pass, Part<O> part, BatchLimits limits) {
    Objects.requireNonNull(pass, "RequestBatcher.ofCodes: expected a pass, got null.");
    Type<Codes> type =
        new Type<>(
            Codes::count,
            codes ->
                List.of(
                    codes.exampleShape(),
                    codes.codebooks(),
                    codes.modelHash(),
                    codes.imageSize().map(size -> List.of(size[0], size[1]))),
            requests -> Codes.concat(requests.toArray(Codes[]::new)));
    return new RequestBatcher<>(type, pass::apply, part, limits);
  }

  /**
   * Returns a part of images, for passes that compute images.
   *
   * @param batch images
   * @param from the index of the first image
   * @param to the index after the last one
   * @return a copy of the part
   */
  public static Images images(Images batch, int from, int to) {
    return Images.from(batch.range(from, to));
  }

  /**
   * Answers a request, after waiting for room if too many wait.
   *
   * @param request one or more examples
   * @return the answer
   * @throws RuntimeException what the pass throws for this request; a {@link CompletionException}
   *     with the cause if that is a checked exception
   * @throws RejectedExecutionException if the batcher is closed
   * @throws IllegalStateException if it is called by a function that depends on an answer
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set
   */
  public O call(I request) {
    checkOtherThread("call");
    CompletableFuture<O> answer = null;
    try {
      answer = add(request, true);
      return answer.get();
    } catch (InterruptedException e) {
      if (answer != null) {
        answer.cancel(false);
      }
      Thread.currentThread().interrupt();
      throw new CancellationException("RequestBatcher.call: interrupted while it was waiting.");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw e.getCause() instanceof RuntimeException failure
          ? failure
          : new CompletionException(e.getCause());
    }
  }

  /**
   * Adds a request without waiting. Canceling the answer removes the request if it still waits, and
   * makes room for another. Functions that depend on the answer run on the thread that computes
   * batches: those that take long, or call this object, belong on another one, as with {@code
   * thenApplyAsync}.
   *
   * @param request one or more examples
   * @return the answer
   * @throws RejectedExecutionException if too many requests wait, or the batcher is closed; a
   *     server then answers with HTTP 503
   */
  public CompletableFuture<O> submit(I request) {
    try {
      return add(request, false);
    } catch (InterruptedException e) {
      throw new IllegalStateException("submit does not wait", e);
    }
  }

  private CompletableFuture<O> add(I request, boolean wait) throws InterruptedException {
    int examples = type.examples.apply(request);
    Object kind = type.kind.apply(request);
    CompletableFuture<O> answer = new CompletableFuture<>();
    lock.lock();
    try {
      while (wait && !closed && waiting.size() >= limits.maxWaiting()) {
        room.await();
      }
      if (closed) {
        throw new RejectedExecutionException(
            failure == null
                ? "RequestBatcher: it is closed; create a new one."
                : "RequestBatcher: it was closed by an error, its cause; create a new one.",
            failure);
      }
      if (waiting.size() >= limits.maxWaiting()) {
        throw new RejectedExecutionException(
            "RequestBatcher: expected fewer than "
                + limits.maxWaiting()
                + " waiting requests, got one more. Try again later, or raise maxWaiting.");
      }
      waiting.put(answer, new Waiting<>(request, examples, kind, answer, System.nanoTime()));
      arrival.signal();
    } finally {
      lock.unlock();
    }
    answer.whenComplete((value, error) -> remove(List.of(answer)));
    return answer;
  }

  /** Removes requests that are computed or canceled, which makes room for others. */
  private void remove(List<CompletableFuture<O>> answers) {
    lock.lock();
    try {
      if (waiting.keySet().removeAll(answers)) {
        room.signalAll();
        arrival.signal();
      }
    } finally {
      lock.unlock();
    }
  }

  /** Computes batches until the batcher is closed and no request waits. */
  private void run() {
    try {
      boolean open = true;
      while (open) {
        open = answerNext();
      }
    } catch (Throwable e) { // such as an OutOfMemoryError; nobody may wait for an answer forever
      fail(e);
    }
  }

  private void fail(Throwable error) {
    LOG.error("RequestBatcher: an error ended it, and all requests that waited failed.", error);
    List<CompletableFuture<O>> answers;
    lock.lock();
    try {
      closed = true;
      failure = error;
      answers = List.copyOf(waiting.keySet());
      room.signalAll();
    } finally {
      lock.unlock();
    }
    answers.forEach(answer -> answer.completeExceptionally(error));
  }

  /** Computes a batch; returns false at the end. A method, so that no request outlives it. */
  private boolean answerNext() {
    List<Waiting<I, O>> batch = next();
    try {
      answer(batch);
    } catch (Throwable e) { // while an answer was completed
      batch.forEach(one -> one.answer.completeExceptionally(e));
      throw e;
    }
    Thread.interrupted(); // meant for the pass, or for a function of an answer
    return !batch.isEmpty();
  }

  /** Waits for a batch; returns an empty one at the end. */
  private List<Waiting<I, O>> next() {
    lock.lock();
    try {
      while (true) {
        List<Waiting<I, O>> batch = first();
        boolean complete = batch.size() < waiting.size() || isFull(batch) || closed;
        long delay =
            batch.isEmpty()
                ? Long.MAX_VALUE
                : batch.get(0).arrival - System.nanoTime() + limits.maxDelay().toNanos();
        if (complete || delay <= 0) {
          remove(batch.stream().map(Waiting::answer).toList());
          return batch;
        }
        awaitArrival(delay);
      }
    } finally {
      lock.unlock();
    }
  }

  private void awaitArrival(long nanos) {
    try {
      arrival.awaitNanos(nanos);
    } catch (InterruptedException e) {
      LOG.debug("An interrupt of the thread that computes batches has no effect.", e);
    }
  }

  /** Returns the requests that can be computed with the oldest one. */
  private List<Waiting<I, O>> first() {
    List<Waiting<I, O>> batch = new ArrayList<>();
    int examples = 0;
    for (Waiting<I, O> one : waiting.values()) {
      boolean fits =
          batch.isEmpty()
              || one.kind.equals(batch.get(0).kind) && one.examples <= limits.maxBatch() - examples;
      if (fits) {
        batch.add(one);
        examples += one.examples;
      }
    }
    return batch;
  }

  private boolean isFull(List<Waiting<I, O>> batch) {
    return batch.stream().mapToInt(Waiting::examples).sum() >= limits.maxBatch();
  }

  private void answer(List<Waiting<I, O>> batch) {
    if (batch.isEmpty()) {
      return;
    }
    try {
      O all = compute(batch);
      int from = 0;
      for (Waiting<I, O> one : batch) {
        one.answer.complete(batch.size() == 1 ? all : part.of(all, from, from + one.examples));
        from += one.examples;
      }
    } catch (Throwable e) { // also a checked exception, which a pass in another language may throw
      if (batch.size() == 1) {
        batch.get(0).answer.completeExceptionally(e);
      } else {
        batch.stream().filter(one -> !one.answer.isDone()).map(List::of).forEach(this::answer);
      }
    }
  }

  private O compute(List<Waiting<I, O>> batch) {
    O all = pass.apply(type.concat.apply(batch.stream().map(Waiting::request).toList()));
    int examples = batch.stream().mapToInt(Waiting::examples).sum();
    if (all == null || all instanceof Source<?> source && source.size() != examples) {
      throw new IllegalStateException(
          "RequestBatcher: expected a pass that returns an answer for each of "
              + examples
              + " examples, got "
              + all
              + ".");
    }
    return all;
  }

  private void checkOtherThread(String method) {
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "RequestBatcher."
              + method
              + ": expected another thread than the one that computes batches, which cannot wait"
              + " for itself. Use a method such as thenApplyAsync.");
    }
  }

  /**
   * Rejects further requests, computes those that wait, and waits for the end, also if the thread
   * is interrupted. The model can be closed afterwards.
   *
   * @throws IllegalStateException if it is called by a function that depends on an answer
   */
  @Override
  public void close() {
    checkOtherThread("close");
    lock.lock();
    try {
      closed = true;
      arrival.signal();
      room.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
