package io.github.vqvae4j.parallel;

import io.github.vqvae4j.log.internal.Log;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import org.slf4j.Logger;

/**
 * The thread pool of the process, with {@link Threads#count} threads. A thread that has been idle
 * for {@value PoolThreads#IDLE_SECONDS} seconds ends and frees its native memory. Waiting threads
 * are parked.
 *
 * <p>On a thread of the library, everything runs on the calling thread. Tasks may therefore call
 * the library; they must not wait for another thread that does.
 */
public final class ThreadPool {
  private static final Logger LOG = Log.of(ThreadPool.class);

  /** The number of inputs of a call that are read ahead per thread, so that no thread waits. */
  private static final int INPUTS_PER_THREAD = 2;

  /** The maximum number of pixels of examples that are processed at once. */
  private static final int MAX_PARALLEL_PIXELS = 1 << 16;

  private static PoolThreads current = new PoolThreads();

  private ThreadPool() {}

  private static synchronized void execute(BooleanSupplier task) {
    current.execute(task);
  }

  /**
   * Ends all idle threads, and waits until their native memory has been freed, at most a second for
   * each. Threads that are computing end, and free theirs, after their tasks.
   */
  public static void endIdleThreads() {
    PoolThreads old;
    synchronized (ThreadPool.class) {
      old = current;
      current = new PoolThreads();
    }
    old.end();
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
   * few ahead of the computation, and receives the results in order; in between, unless it is a
   * virtual one, it computes, too. All calls that use several threads, or come from virtual ones,
   * together compute at most {@link Threads#count} results at once, and take turns. If only one
   * thread is used, it is the calling thread, unless that is a virtual one.
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

  /**
   * A call of {@link #forEach}. The calling thread computes, too, whenever it would wait: waking
   * another thread takes longer than handing out the work, and all threads of the pool may be busy
   * with other calls.
   */
  private static final class Call<I, R> {
    private final int count;
    private final IntFunction<I> reader;
    private final Function<? super I, ? extends R> task;
    private final Consumer<? super R> consumer;

    /** The inputs that have been read and whose results are missing. */
    private final Deque<I> inputs = new ArrayDeque<>();

    /** The computations of the first inputs. */
    private final Deque<Computation> computations = new ArrayDeque<>();

    /** The computations that no thread has started; guarded by itself, like {@link #helpers}. */
    private final Deque<Computation> waiting = new ArrayDeque<>();

    /** The number of the pool's threads that compute for this call, or are about to. */
    private int helpers;

    private int read;
    private boolean memoryRanOut;

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

    /** The computation of a result. */
    private final class Computation {
      private final I input;
      private final CountDownLatch ended = new CountDownLatch(1);
      private R result;

      /** What the task has thrown; null if nothing. */
      private Throwable failure;

      Computation(I input) {
        this.input = input;
      }

      /** Runs the task. Nothing is allocated after it: memory may have run out. */
      void run() {
        try {
          result = task.apply(input);
        } catch (Throwable e) {
          failure = e; // rethrown by takeResult
        } finally {
          ended.countDown();
        }
      }

      boolean hasEnded() {
        return ended.getCount() == 0;
      }

      void await() {
        uninterruptibly(ended::await);
      }
    }

    void run(int threads) {
      try {
        compute(threads);
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

    /** Computes the missing results on several threads. */
    private void compute(int threads) {
      int maxHelpers = LibraryThread.isVirtual() ? threads : threads - 1;
      int ahead = threads == 1 ? 1 : threads * INPUTS_PER_THREAD;
      try {
        List.copyOf(inputs).forEach(input -> start(input, ahead, maxHelpers));
        while (read < count) {
          I input = readNext();
          inputs.add(input);
          start(input, ahead, maxHelpers);
        }
        while (!computations.isEmpty()) {
          takeResult();
        }
      } finally {
        cancel();
      }
    }

    /** Removes the computations that have not started, and waits for the others. */
    private void cancel() {
      synchronized (waiting) {
        computations.removeAll(waiting);
        waiting.clear();
      }
      computations.forEach(Computation::await);
      computations.clear();
    }

    /** Reads the next input. If this fails, the failure of an earlier computation comes first. */
    private I readNext() {
      try {
        I input = reader.apply(read);
        read++; // not if it fails: a retry must not skip it
        return input;
      } catch (RuntimeException | Error e) {
        while (!computations.isEmpty()) {
          takeResult();
        }
        throw e;
      }
    }

    private void start(I input, int ahead, int maxHelpers) {
      if (computations.size() == ahead) {
        takeResult();
      }
      Computation computation = new Computation(input);
      computations.add(computation);
      boolean needsHelper;
      synchronized (waiting) {
        waiting.add(computation);
        needsHelper = helpers < maxHelpers;
        helpers += needsHelper ? 1 : 0;
      }
      if (needsHelper) {
        try {
          execute(this::help);
        } catch (OutOfMemoryError e) { // no further thread can be started
          if (!continueWithoutHelper()) {
            throw e;
          }
          LOG.debug("A call runs on fewer than {} threads", maxHelpers, e);
        }
      }
    }

    /** Returns whether a thread is left that computes. */
    private boolean continueWithoutHelper() {
      synchronized (waiting) {
        helpers--;
        return helpers > 0 || !LibraryThread.isVirtual();
      }
    }

    /**
     * Runs the next computation on a thread of the pool.
     *
     * @return false if none waits, and the thread no longer helps
     */
    private boolean help() {
      synchronized (waiting) {
        if (waiting.isEmpty()) {
          helpers--;
          return false;
        }
      }
      computeNext();
      return true;
    }

    /** Runs the next computation, if one still waits when a core is free. */
    private void computeNext() {
      Cores.acquire();
      try {
        Computation computation;
        synchronized (waiting) {
          computation = waiting.poll();
        }
        if (computation != null) {
          computation.run();
        }
      } finally {
        Cores.release();
      }
    }

    private boolean isAnyWaiting() {
      synchronized (waiting) {
        return !waiting.isEmpty();
      }
    }

    /** Passes on the result of the oldest computation; computes until there is one. */
    private void takeResult() {
      Computation oldest = computations.element();
      while (!oldest.hasEnded() && isAnyWaiting() && !LibraryThread.isVirtual()) {
        LibraryThread.lend(this::computeNext);
      }
      oldest.await();
      Throwable failure = oldest.failure;
      if (failure != null) {
        memoryRanOut =
            failure instanceof InsufficientMemoryException || failure instanceof OutOfMemoryError;
        Workers.<RuntimeException>rethrow(failure);
      }
      computations.remove();
      inputs.remove();
      consumer.accept(oldest.result);
    }
  }

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
        execute(loop::run);
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
  private static final class Loop {
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

    /** Runs parts until all have started; returns false. */
    boolean run() {
      for (int i = next.getAndIncrement(); i < parts; i = next.getAndIncrement()) {
        try {
          part.accept(i);
        } catch (Throwable e) {
          failures[i] = e; // rethrown by await
        } finally {
          unfinished.countDown();
        }
      }
      return false;
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
