package io.github.vqvae4j.parallel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/**
 * The threads of the pool, at most {@link Threads#count}. A task is run by the thread that became
 * idle last (a {@link java.util.concurrent.ThreadPoolExecutor} takes the one that is idle longest):
 * a call that needs one thread finds the same one each time, on the same core. Where threads
 * alternate, Linux can wake one on the core of its caller and leave another core idle for
 * milliseconds. Tasks that wait for a thread take turns with those that are running.
 */
final class PoolThreads {
  /** The time after which an idle thread ends. */
  static final int IDLE_SECONDS = 10;

  /** How long a thread whose task does not end is waited for. */
  private static final long END_MILLISECONDS = 1000;

  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final ReentrantLock lock = new ReentrantLock();
  private final List<Member> members = new ArrayList<>();

  /** The idle threads; the first one became idle last. */
  private final Deque<Member> idle = new ArrayDeque<>();

  /** The tasks that wait for a thread. */
  private final Queue<BooleanSupplier> tasks = new ArrayDeque<>();

  /** All threads that may be alive, also those that are about to end. */
  private final List<Thread> threads = new ArrayList<>();

  private boolean ended;

  /**
   * Runs a task on an idle or a new thread, or as soon as one has ended its task.
   *
   * @param task runs a part of the task, and returns whether it is to be called again, after the
   *     tasks that wait
   */
  void execute(BooleanSupplier task) {
    lock.lock();
    try {
      Member member = idle.poll();
      if (member != null) {
        member.next = task;
        member.woken.signal();
      } else if (members.size() < Threads.count()) {
        start(new Member(task));
      } else {
        tasks.add(task);
      }
    } finally {
      lock.unlock();
    }
  }

  private void start(Member member) {
    Thread thread = new LibraryThread("pool-" + NUMBERS.incrementAndGet(), member::work);
    threads.removeIf(old -> old.getState() == Thread.State.TERMINATED);
    threads.add(thread);
    members.add(member);
    boolean started = false;
    try {
      thread.start();
      started = true;
    } finally {
      if (!started) { // too many threads
        members.remove(member);
        threads.remove(thread);
      }
    }
  }

  /** Ends the threads after their tasks, and waits for each, at most a second. */
  void end() {
    List<Thread> ending;
    lock.lock();
    try {
      ended = true;
      idle.forEach(member -> member.woken.signal());
      ending = List.copyOf(threads);
    } finally {
      lock.unlock();
    }
    ending.forEach(thread -> ThreadPool.uninterruptibly(() -> thread.join(END_MILLISECONDS)));
  }

  /** What a thread runs. */
  private final class Member {
    private final Condition woken = lock.newCondition();

    /** The next task; null for none. */
    private BooleanSupplier next;

    Member(BooleanSupplier first) {
      next = first;
    }

    void work() {
      boolean failed = true;
      try {
        while (runNext()) {
          // In a method of its own: an idle thread must not refer to the last task.
        }
        failed = false;
      } finally {
        if (failed) {
          remove();
        }
      }
    }

    /** Runs the next task; returns false if the thread is to end. */
    private boolean runNext() {
      BooleanSupplier task = awaitNext();
      if (task == null) {
        return false;
      }
      Thread.interrupted(); // an earlier task may have set it
      if (task.getAsBoolean()) {
        queue(task);
      }
      return true;
    }

    /** Takes the task that has waited longest; the given one if none waits. */
    private void queue(BooleanSupplier task) {
      lock.lock();
      try {
        tasks.add(task);
        next = tasks.remove();
      } finally {
        lock.unlock();
      }
    }

    /** Waits for the next task; returns null if the thread is to end. */
    private BooleanSupplier awaitNext() {
      lock.lock();
      try {
        if (next == null && members.size() <= Threads.count()) {
          next = tasks.poll();
          if (next == null && !ended) {
            awaitTask();
          }
        }
        BooleanSupplier task = next;
        next = null;
        if (task == null) {
          members.remove(this);
        }
        return task;
      } finally {
        lock.unlock();
      }
    }

    private void awaitTask() {
      idle.push(this);
      try {
        long nanos = TimeUnit.SECONDS.toNanos(IDLE_SECONDS);
        while (next == null && !ended && nanos > 0) {
          try {
            nanos = woken.awaitNanos(nanos);
          } catch (InterruptedException e) {
            // Nobody interrupts an idle thread on purpose: a task has left its status set.
          }
        }
      } finally {
        idle.remove(this);
      }
    }

    private void remove() {
      lock.lock();
      try {
        members.remove(this);
      } finally {
        lock.unlock();
      }
    }
  }
}
