package io.github.vqvae4j.parallel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * A team of threads that run the same tasks, and communicate in them through a {@link
 * Communicator}.
 *
 * <pre>{@code
 * try (Workers workers = new Workers(2)) {
 *   workers.run(
 *       worker -> {
 *         double[] sum = {worker.rank() + 1};
 *         worker.sum(sum); // 3 on both workers
 *       });
 * }
 * }</pre>
 */
public final class Workers implements AutoCloseable {
  /** Ends the task of a worker after another one has failed. */
  private static final class ReleasedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    ReleasedException(Throwable failure) {
      super("Another worker has failed: " + failure, failure, false, false);
    }
  }

  private final ReentrantLock lock = new ReentrantLock();

  /** A task has started, or the team was closed. */
  private final Condition started = lock.newCondition();

  /** A rendezvous is complete, or a worker has failed. */
  private final Condition met = lock.newCondition();

  /** All workers have ended the task. */
  private final Condition ended = lock.newCondition();

  private final List<Thread> threads = new ArrayList<>();

  /** What each worker has thrown in the current task, unless it was released; null for none. */
  private final Throwable[] failures;

  /** The workers that were released in the current task because another one has failed. */
  private final boolean[] released;

  /** The current task, which each worker runs once; null between tasks. */
  private Consumer<Communicator> task;

  /** The number of tasks so far. */
  private long tasks;

  /** The number of workers that are running the current task. */
  private int running;

  private boolean closed;

  /** Whether a worker has failed in the current task. */
  private boolean failed;

  /** The number of rendezvous of the current task that are complete. */
  private long rendezvous;

  /** What the workers that wait in the current rendezvous have called; null for the others. */
  private final String[] calls;

  /** The number of workers that wait in the current rendezvous. */
  private int waiting;

  /** The values that the workers pass on, by parity of the rendezvous and by rank. */
  private final double[][][] values;

  /**
   * Starts the threads.
   *
   * @param size the number of workers, at least 1
   * @throws IllegalArgumentException if the number is less than 1
   */
  public Workers(int size) {
    if (size < 1) {
      throw new IllegalArgumentException("Workers: expected at least 1 worker, got " + size + ".");
    }
    failures = new Throwable[size];
    released = new boolean[size];
    calls = new String[size];
    values = new double[2][size][];
    for (int rank = 0; rank < size; rank++) {
      Worker worker = new Worker(rank);
      Thread thread = new LibraryThread("worker-" + rank, worker::work);
      thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
      threads.add(thread);
    }
    try {
      threads.forEach(Thread::start);
    } catch (Throwable e) { // too many threads
      close();
      throw e;
    }
  }

  /**
   * Returns the number of workers.
   *
   * @return the number of workers
   */
  public int size() {
    return threads.size();
  }

  /**
   * Runs a task on all workers, and waits until all have ended. An interrupt of the calling thread
   * does not end the wait; its interrupt status stays set.
   *
   * <p>If the task of a worker throws, this method throws the same exception or error, after all
   * workers have ended; that of the lowest rank if several do.
   *
   * @param newTask the task, which gets the worker's communicator
   * @throws IllegalStateException if the workers are running another task or were closed, or if
   *     they have not called the same methods of their communicators in the same order
   */
  public void run(Consumer<Communicator> newTask) {
    Objects.requireNonNull(newTask, "Workers.run: expected a task, got null.");
    lock.lock();
    try {
      if (closed || task != null) {
        throw new IllegalStateException(
            closed
                ? "Workers.run: the workers were closed."
                : "Workers.run: the workers are running another task, which must end first. A task"
                    + " cannot start another one on its own workers.");
      }
      task = newTask;
      tasks++;
      running = size();
      started.signalAll();
      while (running > 0) {
        await(ended);
      }
      Throwable failure = failure();
      reset();
      if (failure != null) {
        Workers.<RuntimeException>rethrow(failure);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the failure of the lowest rank; null if there is none. */
  private Throwable failure() {
    for (Throwable failure : failures) {
      if (failure != null) {
        return failure;
      }
    }
    return null;
  }

  /** Waits for a condition, even if there is no memory for a place in its queue at first. */
  private static void await(Condition condition) {
    try {
      condition.awaitUninterruptibly();
    } catch (OutOfMemoryError e) {
      Thread.yield();
    }
  }

  /** Prepares the next task, and drops references to the objects of the last one. */
  private void reset() {
    task = null;
    failed = false;
    waiting = 0;
    Arrays.fill(failures, null);
    Arrays.fill(released, false);
    Arrays.fill(calls, null);
    for (double[][] sent : values) {
      Arrays.fill(sent, null);
    }
  }

  /** Throws any exception, also one that is checked, without wrapping it. */
  @SuppressWarnings("unchecked") // the cast is erased
  static <E extends Throwable> void rethrow(Throwable failure) throws E {
    throw (E) failure;
  }

  /**
   * Ends the threads, and waits for them and for a task that is running. Closing the workers again
   * has no effect.
   *
   * @throws IllegalStateException if the task of a worker calls it
   */
  @Override
  public void close() {
    if (threads.contains(Thread.currentThread())) {
      throw new IllegalStateException("Workers.close: a task cannot close its own workers.");
    }
    lock.lock();
    try {
      closed = true;
      started.signalAll();
    } finally {
      lock.unlock();
    }
    threads.forEach(thread -> ThreadPool.uninterruptibly(thread::join));
  }

  static void checkRoot(int root, int size) {
    if (root < 0 || root >= size) {
      throw new IllegalArgumentException(
          "Communicator.broadcast: expected the rank of one of "
              + size
              + (size == 1 ? " worker" : " workers")
              + " as root, from 0, got "
              + root
              + ".");
    }
  }

  private static String values(double... array) {
    return array.length + (array.length == 1 ? " value" : " values");
  }

  private final class Worker implements Communicator {
    private final int rank;

    Worker(int rank) {
      this.rank = rank;
    }

    /** Runs tasks until the team is closed. */
    void work() {
      for (long done = 0; ; done++) {
        Consumer<Communicator> next = nextTask(done);
        if (next == null) {
          return;
        }
        Throwable failure = null;
        try {
          next.accept(this);
        } catch (Throwable e) {
          failure = e; // rethrown by run
        }
        end(failure);
      }
    }

    private Consumer<Communicator> nextTask(long done) {
      lock.lock();
      try {
        while (tasks == done && !closed) {
          Workers.await(started);
        }
        return tasks == done ? null : task;
      } finally {
        lock.unlock();
      }
    }

    private void end(Throwable failure) {
      lock.lock();
      try {
        if (failure == null && !failed) {
          meet("the end of its task");
        } else if (failure != null && !released[rank]) {
          fail(failure);
        }
      } catch (Throwable e) { // no memory for a message
        fail(e);
      } finally {
        running--;
        if (running == 0) {
          ended.signal();
        }
        lock.unlock();
      }
    }

    /** Records why this worker fails, unless it has failed already, and releases the others. */
    private void fail(Throwable failure) {
      failures[rank] = failures[rank] == null ? failure : failures[rank];
      failed = true;
      met.signalAll();
    }

    @Override
    public int rank() {
      return rank;
    }

    @Override
    public int size() {
      return Workers.this.size();
    }

    @Override
    public void sum(double[] addends) {
      double[][] all = exchange("sum of " + values(addends), addends.clone());
      System.arraycopy(all[0], 0, addends, 0, addends.length);
      for (int other = 1; other < all.length; other++) {
        for (int i = 0; i < addends.length; i++) {
          addends[i] += all[other][i];
        }
      }
    }

    @Override
    public void broadcast(double[] received, int root) {
      checkRoot(root, size());
      double[] sent = rank == root ? received.clone() : null;
      String call = "broadcast of " + values(received) + " from worker " + root;
      System.arraycopy(exchange(call, sent)[root], 0, received, 0, received.length);
    }

    @Override
    public void barrier() {
      exchange("the end of its loss or backward pass", null); // as users know it
    }

    /**
     * Waits until all workers have made the same call, and returns what they pass on. A worker can
     * be at most one rendezvous ahead of the slowest reader, so two sets of values suffice.
     */
    private double[][] exchange(String call, double[] passed) {
      if (Thread.currentThread() != threads.get(rank)) {
        throw new IllegalStateException(
            "Workers: the communicator of worker "
                + rank
                + " was used by thread "
                + Thread.currentThread().getName()
                + ". Use it in the task, on the thread of its worker.");
      }
      lock.lock();
      try {
        long current = rendezvous;
        double[][] all = values[(int) (current % 2)];
        all[rank] = passed;
        if (!failed && !meet(call)) {
          Workers.<RuntimeException>rethrow(failures[rank]);
        }
        while (rendezvous == current && !failed) {
          met.awaitUninterruptibly();
        }
        if (rendezvous == current) {
          released[rank] = true;
          throw new ReleasedException(failure());
        }
        return all;
      } finally {
        lock.unlock();
      }
    }

    /**
     * Enters the current rendezvous, which is complete when all workers have. Fails, and returns
     * false, if another worker waits there in another call.
     */
    private boolean meet(String call) {
      calls[rank] = call;
      for (String other : calls) {
        if (other != null && !other.equals(call)) {
          fail(mismatch(call));
          return false;
        }
      }
      waiting++;
      if (waiting == size()) {
        waiting = 0;
        Arrays.fill(calls, null);
        rendezvous++;
        met.signalAll();
      }
      return true;
    }

    private IllegalStateException mismatch(String call) {
      StringBuilder others = new StringBuilder();
      for (int other = 0; other < calls.length; other++) {
        if (other != rank && calls[other] != null) {
          others.append(", worker ").append(other).append(": ").append(calls[other]);
        }
      }
      return new IllegalStateException(
          "Workers: expected the same calls in the same order on all workers, got worker "
              + rank
              + ": "
              + call
              + others
              + ". A loss must call sumOverWorkers, and use parameters, independently of its"
              + " examples. Sum over the examples first: all workers need tensors of the same"
              + " shape.");
    }
  }
}
