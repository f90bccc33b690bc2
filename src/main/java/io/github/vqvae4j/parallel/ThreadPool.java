package io.github.vqvae4j.parallel;

import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread pool of the process, with {@link Threads#count} threads. A thread that has been idle
 * for {@value #IDLE_SECONDS} seconds ends and frees its native memory. Waiting threads are parked.
 *
 * <p>On a thread of the library, everything runs on the calling thread. Tasks may therefore call
 * the library; they must not wait for another thread that does.
 */
public final class ThreadPool {
  /** The time after which an idle thread ends. */
  static final int IDLE_SECONDS = 10;

  private static final Logger LOG = LoggerFactory.getLogger(ThreadPool.class);

  /** The number of inputs of a call that are read ahead per thread, so that no thread waits. */
  private static final int INPUTS_PER_THREAD = 2;

  /** The maximum number of pixels of examples that are processed at once. */
  private static final int MAX_PARALLEL_PIXELS = 1 << 16;

  /** How long a thread whose task does not end is waited for. */
  private static final long END_MILLISECONDS = 1000;

  private static ThreadPool current = new ThreadPool();

  private final Factory factory = new Factory();
  private final ThreadPoolExecutor executor =
      new ThreadPoolExecutor(
          1, 1, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);

  private ThreadPool() {
    executor.allowCoreThreadTimeOut(true);
  }

  private void setThreads(int n) {
    if (n > executor.getMaximumPoolSize()) {
      executor.setMaximumPoolSize(n);
    }
    if (n != executor.getCorePoolSize()) {
      executor.setCorePoolSize(n);
    }
    if (n < executor.getMaximumPoolSize()) {
      executor.setMaximumPoolSize(n);
    }
  }

  private static final class Factory implements ThreadFactory {
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private final List<Thread> threads = new ArrayList<>();

    @Override
    public synchronized Thread newThread(Runnable task) {
      Thread thread = new LibraryThread("pool-" + NUMBERS.incrementAndGet(), task);
      threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
      threads.add(thread);
      return thread;
    }

    synchronized List<Thread> threads() {
      return List.copyOf(threads);
    }
  }

  private static Executor executor() {
    return ThreadPool::execute;
  }

  /**
   * Runs a task on the current number of threads. A ThreadPoolExecutor that is shut down at the
   * same time could keep the task in its queue for ever, if the start of its only thread fails
   * then.
   */
  private static synchronized void execute(Runnable task) {
    current.setThreads(Threads.count());
    current.executor.execute(task);
  }

  /**
   * Ends all idle threads, and waits until their native memory has been freed, at most a second for
   * each. Threads that are computing end, and free theirs, after their tasks.
   */
  public static void endIdleThreads() {
    ThreadPool old;
    synchronized (ThreadPool.class) {
      old = current;
      current = new ThreadPool();
      old.executor.shutdown();
    }
    for (Thread thread : old.factory.threads()) {
      uninterruptibly(() -> thread.join(END_MILLISECONDS));
    }
  }

  /**
   * Returns the number of threads that process examples at once. Examples of more than 65,536
   * pixels are processed one at a time, so that they need no more memory than the largest of them;
   * their operations are split over the cores instead.
   *
   * @param pixels the number of pixels of an example, or of values if it is not an image
   * @return {@link Threads#count}, or 1 for large examples
   */
  public static int threads(long pixels) {
    return pixels > MAX_PARALLEL_PIXELS ? 1 : Threads.count();
  }

  /**
   * Runs a task on a platform thread: on a thread of the pool if the calling thread is virtual,
   * otherwise on the calling thread.
   *
   * @param task the task
   * @param <R> the type of the result
   * @return its result
   */
  public static <R> R call(Supplier<R> task) {
    List<R> result = new ArrayList<>();
    forEach(1, 1, i -> task, Supplier::get, result::add);
    return result.get(0);
  }

  /**
   * Computes results from inputs, several at once. The calling thread reads the inputs in order, a
   * few ahead of the computation, and receives the results in order. If only one thread is used, it
   * is the calling thread, unless that is a virtual one.
   *
   * <p>If a computation fails, those of later inputs are cancelled, and the failure with the lowest
   * index is rethrown when no computation runs any more. If memory is insufficient, the pool's
   * memory is freed, and the remaining inputs are processed one at a time. An interrupt of the
   * calling thread does not end the call; its status remains set.
   *
   * @param count the number of inputs
   * @param threads the maximum number of threads
   * @param input reads the input with an index
   * @param task computes a result from an input, on any thread
   * @param results receives the results
   * @param <I> the type of an input
   * @param <R> the type of a result
   */
  public static <I, R> void forEach(
      int count,
      int threads,
      IntFunction<I> input,
      Function<? super I, ? extends R> task,
      Consumer<? super R> results) {
    int used = Math.min(Math.min(threads, Threads.count()), count);
    if (LibraryThread.isCurrent() || (used <= 1 && !LibraryThread.isVirtual())) {
      for (int i = 0; i < count; i++) {
        results.accept(task.apply(input.apply(i)));
      }
    } else {
      new Call<>(count, input, task, results).run(used);
    }
  }

  /** A call of {@link #forEach}. */
  private static final class Call<I, R> {
    private final int count;
    private final IntFunction<I> reader;
    private final Function<? super I, ? extends R> task;
    private final Consumer<? super R> consumer;

    /** The inputs that have been read and whose results are missing. */
    private final Deque<I> inputs = new ArrayDeque<>();

    /** The computations of the first inputs. */
    private final Deque<CompletableFuture<Outcome<R>>> running = new ArrayDeque<>();

    private int read;
    private boolean memoryRanOut;
    private volatile boolean cancelled;

    Call(
        int count,
        IntFunction<I> reader,
        Function<? super I, ? extends R> task,
        Consumer<? super R> consumer) {
      this.count = count;
      this.reader = reader;
      this.task = task;
      this.consumer = consumer;
    }

    void run(int threads) {
      try {
        compute(threads == 1 ? 1 : threads * INPUTS_PER_THREAD);
      } catch (InsufficientMemoryException | OutOfMemoryError e) {
        if (threads == 1 || !memoryRanOut) {
          throw e;
        }
        endIdleThreads();
        if (LibraryThread.isVirtual()) {
          compute(1);
        } else {
          computeHere();
        }
      }
    }

    /** Computes the missing results on the calling thread, which needs the least memory. */
    private void computeHere() {
      while (!inputs.isEmpty()) {
        consumer.accept(task.apply(inputs.element()));
        inputs.remove();
      }
      for (; read < count; read++) {
        consumer.accept(task.apply(reader.apply(read)));
      }
    }

    /** Computes the missing results, at most {@code ahead} at once. */
    private void compute(int ahead) {
      cancelled = false;
      try {
        List.copyOf(inputs).forEach(input -> start(input, ahead));
        while (read < count) {
          I input = readNext();
          inputs.add(input);
          start(input, ahead);
        }
        while (!running.isEmpty()) {
          takeResult();
        }
      } finally {
        cancelled = true;
        running.forEach(CompletableFuture::join);
        running.clear();
      }
    }

    /** Reads the next input. If this fails, the failure of an earlier computation comes first. */
    private I readNext() {
      try {
        I input = reader.apply(read);
        read++; // not if it fails: a retry must not skip it
        return input;
      } catch (RuntimeException | Error e) {
        while (!running.isEmpty()) {
          takeResult();
        }
        throw e;
      }
    }

    private void start(I input, int ahead) {
      if (running.size() == ahead) {
        takeResult();
      }
      CompletableFuture<Outcome<R>> future;
      try {
        future = CompletableFuture.supplyAsync(() -> compute(input), executor());
      } catch (OutOfMemoryError e) { // no further thread can be started
        future = CompletableFuture.completedFuture(compute(input));
      }
      running.add(future);
    }

    // A future would wrap exceptions, and confuse them with wrapped ones.
    private Outcome<R> compute(I input) {
      try {
        return new Outcome<>(cancelled ? null : task.apply(input), null);
      } catch (Throwable e) {
        return new Outcome<>(null, e); // rethrown by takeResult
      }
    }

    /** Waits for the oldest computation, and passes on its result. */
    private void takeResult() {
      Outcome<R> outcome = running.element().join();
      Throwable failure = outcome.failure();
      if (failure != null) {
        memoryRanOut =
            failure instanceof InsufficientMemoryException || failure instanceof OutOfMemoryError;
        Workers.<RuntimeException>rethrow(failure);
      }
      running.remove();
      inputs.remove();
      consumer.accept(outcome.result());
    }
  }

  /** What a computation has returned or thrown; no failure if it has not thrown. */
  private record Outcome<R>(R result, Throwable failure) {}

  /**
   * Runs the parts of a loop on the calling thread and idle threads of the pool, and waits for
   * them. If parts fail, all parts still run, and then the failure with the lowest index is
   * rethrown.
   *
   * @param parts the number of parts
   * @param threads the maximum number of threads; with 1, the parts run in order on the calling
   *     thread
   * @param part runs the part with an index
   */
  public static void run(int parts, int threads, IntConsumer part) {
    Loop loop = new Loop(parts, part);
    int helpers = LibraryThread.isCurrent() ? 0 : Math.min(threads, parts) - 1;
    try {
      for (int i = 0; i < helpers; i++) {
        executor().execute(loop);
      }
    } catch (OutOfMemoryError e) {
      // No further thread can be started: the others run all parts, which must not outlive the
      // call.
      LOG.debug("A loop runs on fewer than {} threads", threads, e);
    }
    loop.run();
    loop.await();
  }

  /** A loop whose parts are run by one or more threads. */
  private static final class Loop implements Runnable {
    private final int parts;
    private final IntConsumer part;
    private final Throwable[] failures;
    private final AtomicInteger next = new AtomicInteger();
    private final CountDownLatch unfinished;

    Loop(int parts, IntConsumer part) {
      this.parts = parts;
      this.part = part;
      failures = new Throwable[parts];
      unfinished = new CountDownLatch(parts);
    }

    @Override
    public void run() {
      for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
        try {
          part.accept(i);
        } catch (Throwable e) {
          failures[i] = e; // rethrown by await
        } finally {
          unfinished.countDown();
        }
      }
    }

    void await() {
      uninterruptibly(unfinished::await);
      for (Throwable failure : failures) {
        if (failure != null) {
          Workers.<RuntimeException>rethrow(failure);
        }
      }
    }
  }

  /** A call that waits. */
  interface Wait {
    void run() throws InterruptedException;
  }

  /** Waits to the end, and keeps the interrupt status. */
  static void uninterruptibly(Wait wait) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          wait.run();
          return;
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
