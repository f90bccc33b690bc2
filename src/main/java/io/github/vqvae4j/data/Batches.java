package io.github.vqvae4j.data;

import io.github.vqvae4j.data.internal.View;
import io.github.vqvae4j.io.Counts;
import io.github.vqvae4j.log.internal.Log;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;

/**
 * Batches of a source or a stream, loaded ahead by background threads into a bounded queue.
 *
 * <pre>{@code
 * try (Batches<ImageBatch> batches = Batches.shuffled(train, 32, 42)) {
 *   for (int step = 0; step < 1_000; step++) {
 *     ImageBatch batch = batches.next();
 *   }
 * }
 * }</pre>
 *
 * <p>Loading starts with one thread. Whenever the caller had to wait for several batches in a row,
 * another thread is added, up to the number of processors. The queue holds two batches plus one for
 * each additional thread. Neither affects which batches are returned, nor their order. A stream,
 * and a source that is not {@linkplain Source#isThreadSafe thread-safe}, is read by one thread,
 * even if several {@code Batches} read it or its views.
 *
 * <p>The order of the examples depends only on the arguments of {@code shuffled}: a run that
 * stopped after n batches resumes with {@code shuffled(data, batch, seed, n)} and returns the same
 * batches as an uninterrupted run.
 *
 * <p>This class is thread-safe; each batch is returned to one caller. It must be closed: otherwise
 * its background threads, which are daemons, and the batches in the queue remain.
 *
 * @param <B> the type of a batch
 */
public final class Batches<B> implements AutoCloseable {
  private static final Logger LOG = Log.ofProgress(Batches.class);
  private static final BooleanSupplier NEVER = () -> false;
  private static final int PREFETCH = 2;

  /** The time between two checks whether a caller should stop waiting. */
  private static final long POLL_MILLIS = 20;

  private static final long CLOSE_MILLIS = 1_000;

  /** The number of consecutive waits after which another thread is added. */
  private static final int WAITS = 4;

  /** A wait shorter than this does not slow down training. */
  private static final long SHORT_WAIT_NANOS = 1_000_000;

  /** Loads batches by their numbers. */
  private interface Loader<B> {
    /**
     * Returns a task that loads a batch, or null after the last batch. Called in order, by one
     * thread at a time.
     */
    Task<B> batch(long number);
  }

  /** Loads one batch. */
  private interface Task<B> {
    Loaded<B> load();
  }

  /**
   * The outcome of loading a batch.
   *
   * @param batch the batch; null at the end of a stream, or after a failure
   * @param position the position after the batch
   * @param failure the failure, or null
   */
  private record Loaded<B>(B batch, long position, Throwable failure) {
    static <B> Loaded<B> failed(Throwable failure) {
      return new Loaded<>(null, 0, failure);
    }
  }

  private final Loader<B> loader;

  /** The lock of the loader, which callers of {@link #next} never wait for. */
  private final Object order = new Object();

  /** The stream or source that is read by one thread at a time; null for a thread-safe source. */
  private final Object serial;

  private final int maxThreads;
  private final Map<Long, Loaded<B>> ready = new HashMap<>();
  private final List<Thread> threads = new ArrayList<>();
  private long nextToLoad;
  private long nextToReturn;
  private long position;
  private int consecutiveWaits;
  private long waitedNanos;

  /** Whether no further batches are loaded: after the last one, a failure, or on close. */
  private boolean finished;

  private boolean closed;

  private Batches(Loader<B> loader, long firstBatch, long position, Object serial) {
    this.loader = loader;
    this.serial = serial;
    maxThreads = serial == null ? Runtime.getRuntime().availableProcessors() : 1;
    this.position = position;
    nextToLoad = firstBatch;
    nextToReturn = firstBatch;
    addThread();
  }

  /**
   * Returns an infinite sequence of batches in random order. Each epoch is a new Fisher-Yates
   * shuffle of all examples, determined by the seed and the epoch; its incomplete last batch is
   * dropped. Examples are read as {@linkplain Source#atEpoch in that epoch}.
   *
   * @param data the examples
   * @param batch the number of examples in each batch, 1 to {@code data.size()}
   * @param seed the seed
   * @param <B> the type of a batch
   * @return the batches, starting with the first
   * @throws IllegalArgumentException if {@code batch} is out of range or there are no examples
   */
  public static <B> Batches<B> shuffled(Source<B> data, int batch, long seed) {
    return shuffled(data, batch, seed, 0);
  }

  /**
   * Returns an infinite sequence of batches in random order, starting with a later batch.
   *
   * @param data the examples
   * @param batch the number of examples in each batch, 1 to {@code data.size()}
   * @param seed the seed
   * @param firstBatch the number of batches to skip, those that a run has already used
   * @param <B> the type of a batch
   * @return the batches, starting with batch {@code firstBatch}
   * @throws IllegalArgumentException if {@code batch} is out of range, there are no examples, or
   *     {@code firstBatch} is negative
   */
  public static <B> Batches<B> shuffled(Source<B> data, int batch, long seed, long firstBatch) {
    checkBatch("Batches.shuffled", data, batch);
    if (firstBatch < 0) {
      throw new IllegalArgumentException(
          "Batches.shuffled: expected a first batch of at least 0, got "
              + firstBatch
              + ". Pass 0 to start with the first batch.");
    }
    return of(data, BatchOrder.shuffled(data.size(), batch, seed), batch, firstBatch);
  }

  /**
   * Returns the batches of one pass over all examples in order, without augmentation. The last
   * batch is smaller if {@code batch} does not divide the number of examples.
   *
   * @param data the examples
   * @param batch the number of examples in each batch, 1 to {@code data.size()}
   * @param <B> the type of a batch
   * @return the batches
   * @throws IllegalArgumentException if {@code batch} is out of range or there are no examples
   */
  public static <B> Batches<B> inOrder(Source<B> data, int batch) {
    checkBatch("Batches.inOrder", data, batch);
    return of(data, BatchOrder.inOrder(data.size(), batch), batch, 0);
  }

  static <B> Batches<B> of(Source<B> data, BatchOrder order, int batch, long firstBatch) {
    Object origin = View.origin(data);
    return new Batches<>(
        number -> {
          int[] indices = order.batch(number);
          if (indices == null) {
            return null;
          }
          long epoch = order.epoch(number);
          long end = number * batch + indices.length;
          return () -> {
            Source<B> examples = epoch < 0 ? data : data.atEpoch(epoch);
            return new Loaded<>(read(examples, indices), end, null);
          };
        },
        firstBatch,
        firstBatch * batch,
        data.isThreadSafe() ? null : origin);
  }

  /**
   * Returns the batches of a stream, from its current position on. If other batches of the stream
   * were closed while one was being read, waits until it has been read.
   *
   * @param stream the stream, which is read ahead
   * @param batch the number of examples in each batch, at least 1
   * @param <B> the type of a batch
   * @return the batches
   * @throws IllegalArgumentException if {@code batch} is below 1
   */
  public static <B> Batches<B> of(BatchStream<B> stream, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException(
          "Batches.of: expected a batch of at least 1 example, got " + batch + ".");
    }
    Object origin = View.origin(stream);
    long position;
    synchronized (origin) {
      position = stream.position();
    }
    return new Batches<>(
        number ->
            () -> {
              B next = stream.next(batch);
              return new Loaded<>(next, stream.position(), null);
            },
        0,
        position,
        origin);
  }

  /** Reads a batch of a source, and checks that there is one. */
  static <B> B read(Source<B> source, int... indices) {
    B batch = source.batch(indices);
    if (batch == null) {
      throw new IllegalStateException(
          "Source.batch: expected a batch, got null from "
              + source
              + ". Only a BatchStream ends with null.");
    }
    return batch;
  }

  private static void checkBatch(String method, Source<?> data, int batch) {
    if (batch < 1) {
      throw new IllegalArgumentException(
          method + ": expected a batch of at least 1 example, got " + batch + ".");
    }
    if (data.size() < 1) {
      throw new IllegalArgumentException(
          method + ": expected at least 1 example, got none in " + data + ". Add examples.");
    }
    if (batch > data.size()) {
      throw new IllegalArgumentException(
          "got a batch of "
              + batch
              + " for a dataset of "
              + Counts.of(data.size(), "example")
              + ", expected 1 to "
              + data.size()
              + "; choose a smaller batch or add examples");
    }
  }

  /**
   * Returns the next batch. Waits until it is loaded.
   *
   * @return the batch, owned by the caller, or null after the last
   * @throws IllegalStateException if these batches are closed, before or while waiting
   * @throws CancellationException if the thread is interrupted while waiting; its interrupt status
   *     stays set, and no batch is lost
   * @throws RuntimeException if the source threw it for an example of the batch; later calls throw
   *     it again
   */
  public B next() {
    return next(NEVER);
  }

  /**
   * Returns the next batch. Waits until it is loaded, or until the wait should end. As {@link
   * #next()} otherwise.
   *
   * @param stop returns whether to stop waiting, such as {@code run::isStopped}; called several
   *     times per second while waiting
   * @return the batch, owned by the caller, or null after the last
   * @throws CancellationException if {@code stop} returned true while waiting, or the thread is
   *     interrupted; no batch is lost
   */
  public synchronized B next(BooleanSupplier stop) {
    long waited = awaitNext(stop);
    if (closed) {
      throw new IllegalStateException(
          "Batches.next: expected open batches, but they are closed. Create new ones with"
              + " Batches.shuffled, which can resume at a given batch.");
    }
    countWait(waited);
    Loaded<B> loaded = ready.get(nextToReturn);
    if (loaded == null) {
      return null;
    }
    if (loaded.failure != null) {
      throw rethrow(loaded.failure);
    }
    if (loaded.batch != null) { // the end of a stream is returned by all later calls, too
      ready.remove(nextToReturn++);
      position = loaded.position;
      notifyAll();
    }
    return loaded.batch;
  }

  /** Waits for the next batch, its failure, or the end; returns the time in nanoseconds. */
  private synchronized long awaitNext(BooleanSupplier stop) {
    if (isNextKnown()) {
      return 0;
    }
    long start = System.nanoTime();
    while (!isNextKnown()) {
      if (stop.getAsBoolean()) {
        throw new CancellationException("stopped while waiting for a batch; no batch was lost");
      }
      try {
        wait(stop == NEVER ? 0 : POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        CancellationException cancelled =
            new CancellationException("interrupted while waiting for a batch; no batch was lost");
        cancelled.initCause(e);
        throw cancelled;
      }
    }
    return System.nanoTime() - start;
  }

  private boolean isNextKnown() {
    return closed || ready.containsKey(nextToReturn) || finished && isLast();
  }

  /** Returns whether the batch to return is beyond those that are loaded or being loaded. */
  private boolean isLast() {
    return nextToReturn >= nextToLoad;
  }

  /** Adds the time of a wait, and another thread if waits are frequent. */
  private void countWait(long nanos) {
    waitedNanos += nanos;
    consecutiveWaits = nanos < SHORT_WAIT_NANOS ? 0 : consecutiveWaits + 1;
    if (consecutiveWaits == WAITS && threads.size() < maxThreads && !finished) {
      consecutiveWaits = 0;
      addThread();
    }
  }

  /**
   * Returns the position after the batch that {@link #next} returned last, or at which these
   * batches start. For a stream, it is the {@linkplain BatchStream#position position} at which to
   * open the stream again to continue with the next batch. For a source, it is the number of
   * examples in all batches up to this one, including skipped batches: {@code shuffled(data, batch,
   * seed, position / batch)} continues with the next batch.
   *
   * @return the position, in examples
   */
  public synchronized long position() {
    return position;
  }

  /**
   * Returns the time that callers of {@link #next} have waited for batches.
   *
   * @return the time in seconds
   */
  public synchronized double secondsWaited() {
    return waitedNanos / 1e9;
  }

  /**
   * Stops the background threads, at the latest after the batches being read. Waits up to one
   * second for them to end. Closing again has no effect.
   */
  @Override
  public void close() {
    List<Thread> running;
    synchronized (this) {
      closed = true;
      finished = true;
      ready.clear();
      notifyAll();
      running = List.copyOf(threads);
    }
    // The threads are not interrupted: that would close a file channel the source may still need.
    boolean ended = join(running, System.nanoTime() + CLOSE_MILLIS * 1_000_000);
    if (!ended && serial != null) {
      LOG.info(
          "{} is still reading a batch. Other batches of it wait until that has been read.",
          serial);
    }
  }

  /** Waits for threads, even if interrupted; returns whether all have ended by the deadline. */
  private static boolean join(List<Thread> threads, long deadline) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      while (thread.isAlive() && System.nanoTime() < deadline) {
        try {
          TimeUnit.NANOSECONDS.timedJoin(thread, deadline - System.nanoTime());
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return threads.stream().noneMatch(Thread::isAlive);
  }

  private synchronized void addThread() {
    Thread thread = new Thread(this::load, "vqvae4j-batches-" + (threads.size() + 1));
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void load() {
    try {
      boolean more = true;
      while (more) {
        more = loadNext();
      }
    } catch (InterruptedException e) {
      fail(new IllegalStateException("a thread that loads batches was interrupted", e));
    }
  }

  /** Makes the next batch to be loaded fail. */
  private synchronized void fail(Throwable failure) {
    finished = true;
    if (!closed) {
      ready.put(nextToLoad++, Loaded.failed(failure));
    }
    notifyAll();
  }

  /** Loads a batch when the queue has space; returns false after the last one. */
  private boolean loadNext() throws InterruptedException {
    long number;
    Task<B> task;
    synchronized (order) {
      number = awaitSpace();
      if (number < 0) {
        return false;
      }
      task = task(number);
      if (!take(task)) {
        return false;
      }
    }
    Loaded<B> loaded;
    try {
      loaded = load(task);
    } catch (Throwable e) {
      loaded = Loaded.failed(e);
    }
    synchronized (this) {
      finished |= loaded.batch == null;
      if (!closed) {
        ready.put(number, loaded);
      }
      notifyAll();
      return !finished;
    }
  }

  /** Loads a batch, of a stream or a source that is not thread-safe when no other thread reads. */
  private Loaded<B> load(Task<B> task) {
    if (serial == null) {
      return task.load();
    }
    synchronized (serial) {
      // Batches that were opened after these had been closed may already have read on.
      return isClosed() ? new Loaded<>(null, 0, null) : task.load();
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /** Waits until the queue has space; returns the number of the batch to load, or -1 for none. */
  private synchronized long awaitSpace() throws InterruptedException {
    if (Thread.interrupted()) { // by the source
      throw new InterruptedException();
    }
    while (!finished && nextToLoad - nextToReturn >= PREFETCH + threads.size() - 1) {
      wait();
    }
    return finished ? -1 : nextToLoad;
  }

  /** Calls the loader without holding the lock of the queue: an order may take long to shuffle. */
  private Task<B> task(long number) {
    try {
      return loader.batch(number);
    } catch (Throwable e) {
      return () -> Loaded.failed(e);
    }
  }

  /** Counts the batch of a task as being loaded; returns false after the last one. */
  private synchronized boolean take(Task<B> task) {
    if (!finished && task != null) {
      nextToLoad++;
      return true;
    }
    finished = true;
    notifyAll();
    return false;
  }

  private static RuntimeException rethrow(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException runtime) {
      return runtime;
    }
    return new IllegalStateException("the source threw " + failure, failure);
  }
}
