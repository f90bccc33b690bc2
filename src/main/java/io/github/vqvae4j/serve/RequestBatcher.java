package io.github.vqvae4j.serve;

import io.github.vqvae4j.data.image.Images;
import io.github.vqvae4j.quantize.Codes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/**
 * Gathers the requests of many threads into batches, of which one at a time is computed. A model
 * computes a batch of 32 images much faster than 32 single ones.
 *
 * <pre>{@code
 * try (RequestBatcher<Images, Codes> encoder =
 *     RequestBatcher.ofImages(model::encode, Codes::range, BatchLimits.DEFAULT)) {
 *   Codes codes = encoder.call(image); // from any thread
 * }
 * }</pre>
 *
 * <p>A batch contains requests of the same kind only: images of one size, codes of one shape and
 * model. Requests are answered in the order of their arrival, unless one of another kind is between
 * them. If a batch fails, each of its requests is computed alone, so that a request gets the error
 * of its own input only. Batches are computed by a daemon thread, which calls the model and so uses
 * its threads.
 *
 * @param <I> the type of a request
 * @param <O> the type of an answer
 */
public final class RequestBatcher<I, O> implements AutoCloseable {
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

  /** A request that waits. */
  private record Waiting<I, O>(I request, int examples, Object kind, CompletableFuture<O> answer) {}

  /** What is known of the type of a request. */
  private record Type<I>(
      Function<I, Integer> examples, Function<I, Object> kind, Function<List<I>, I> concat) {}

  private final Type<I> type;
  private final Function<I, O> pass;
  private final Part<O> part;
  private final BatchLimits limits;

  /** The requests by arrival; guarded by this object's monitor, as {@link #closed}. */
  private final List<Waiting<I, O>> waiting = new LinkedList<>();

  private boolean closed;
  private final Thread thread = new Thread(this::run, "vqvae4j-batcher");

  private RequestBatcher(Type<I> type, Function<I, O> pass, Part<O> part, BatchLimits limits) {
    this.type = type;
    this.pass = pass;
    this.part = part;
    this.limits = limits;
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
    Type<Images> type =
        new Type<>(
            Images::size,
            Images::exampleShape,
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
    Type<Codes> type =
        new Type<>(
            Codes::count,
            codes -> List.of(codes.exampleShape(), codes.codebooks(), codes.modelHash()),
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
   * @throws RuntimeException what the pass throws for this request
   * @throws RejectedExecutionException if the batcher is closed
   * @throws CancellationException if the thread is interrupted; its interrupt status stays set
   */
  public O call(I request) {
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
      throw (RuntimeException) e.getCause();
    }
  }

  /**
   * Adds a request without waiting. Canceling the answer removes the request if it still waits.
   * Functions that depend on the answer run on the thread that computes batches: those that take
   * long, or call this object, belong on another one, as with {@code thenApplyAsync}.
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

  private synchronized CompletableFuture<O> add(I request, boolean wait)
      throws InterruptedException {
    while (wait && !closed && waiting.size() >= limits.maxWaiting()) {
      wait();
    }
    if (closed) {
      throw new RejectedExecutionException("RequestBatcher: it is closed; create a new one.");
    }
    if (waiting.size() >= limits.maxWaiting()) {
      throw new RejectedExecutionException(
          "RequestBatcher: expected fewer than "
              + limits.maxWaiting()
              + " waiting requests, got one more. Try again later, or raise maxWaiting.");
    }
    CompletableFuture<O> answer = new CompletableFuture<>();
    waiting.add(
        new Waiting<>(request, type.examples.apply(request), type.kind.apply(request), answer));
    notifyAll();
    return answer;
  }

  /** Computes batches until the batcher is closed and no request waits. */
  private void run() {
    List<Waiting<I, O>> batch = next();
    while (!batch.isEmpty()) {
      answer(batch);
      batch = next();
    }
  }

  /** Waits for a batch; returns an empty one at the end. */
  private synchronized List<Waiting<I, O>> next() {
    long deadline = 0;
    while (true) {
      List<Waiting<I, O>> batch = first();
      boolean complete = batch.size() < waiting.size() || isFull(batch) || closed;
      long now = System.nanoTime();
      if (!batch.isEmpty()) {
        deadline = deadline == 0 ? now + limits.maxDelay().toNanos() : deadline;
      }
      if (complete || !batch.isEmpty() && now - deadline >= 0) {
        waiting.removeAll(batch);
        notifyAll();
        return batch;
      }
      await(batch.isEmpty() ? 0 : deadline - now);
    }
  }

  private synchronized void await(long nanos) {
    try {
      wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts this thread", e);
    }
  }

  /** Returns the requests that can be computed with the oldest one. */
  private List<Waiting<I, O>> first() {
    waiting.removeIf(one -> one.answer.isDone());
    List<Waiting<I, O>> batch = new ArrayList<>();
    int examples = 0;
    for (Iterator<Waiting<I, O>> all = waiting.iterator(); all.hasNext(); ) {
      Waiting<I, O> one = all.next();
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
    try {
      O all = pass.apply(type.concat.apply(batch.stream().map(Waiting::request).toList()));
      int from = 0;
      for (Waiting<I, O> one : batch) {
        one.answer.complete(batch.size() == 1 ? all : part.of(all, from, from + one.examples));
        from += one.examples;
      }
    } catch (RuntimeException | Error e) {
      if (batch.size() == 1) {
        batch.get(0).answer.completeExceptionally(e);
      } else {
        batch.stream().filter(one -> !one.answer.isDone()).map(List::of).forEach(this::answer);
      }
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
    if (Thread.currentThread() == thread) {
      throw new IllegalStateException(
          "RequestBatcher.close: expected another thread than the one that computes batches, which"
              + " cannot wait for its own end.");
    }
    synchronized (this) {
      closed = true;
      notifyAll();
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
