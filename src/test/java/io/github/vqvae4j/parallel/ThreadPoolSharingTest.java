package io.github.vqvae4j.parallel;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.IntUnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that share the pool neither wait for the end of others nor leave anything behind. */
@Timeout(60)
class ThreadPoolSharingTest {
  private final WithThreads threads = new WithThreads(2);

  @BeforeEach
  void endThreadsOfOtherTests() {
    ThreadPool.endIdleThreads();
  }

  @AfterEach
  void restore() {
    threads.close();
  }

  private static Thread start(int count, IntUnaryOperator task) {
    Thread thread = new Thread(() -> map(count, task));
    thread.start();
    return thread;
  }

  private static List<Integer> map(int count, IntUnaryOperator task) {
    List<Integer> results = new ArrayList<>();
    ThreadPool.forEach(count, 8, i -> i, i -> task.applyAsInt(i), results::add);
    return results;
  }

  @Test
  void tasksOfThePoolTakeTurns() {
    Threads.set(1);
    PoolThreads pool = new PoolThreads();
    AtomicBoolean end = new AtomicBoolean();
    CountDownLatch long1 = new CountDownLatch(10);
    CountDownLatch long2 = new CountDownLatch(10);
    CountDownLatch single = new CountDownLatch(1);
    pool.execute(() -> countDown(long1, !end.get()));
    pool.execute(() -> countDown(long2, !end.get()));
    pool.execute(() -> countDown(single, false));
    await(long1);
    await(long2);
    await(single);
    end.set(true);
    pool.end();
  }

  private static boolean countDown(CountDownLatch latch, boolean again) {
    latch.countDown();
    return again;
  }

  @Test
  void aTaskThatIsNotFinishedContinuesWhenTheNumberOfThreadsIsReduced() {
    PoolThreads pool = new PoolThreads();
    CyclicBarrier both = new CyclicBarrier(2);
    CountDownLatch idle = new CountDownLatch(1);
    CountDownLatch parts = new CountDownLatch(10);
    pool.execute(
        () -> {
          await(both);
          return countDown(idle, false);
        });
    pool.execute(
        () -> {
          if (parts.getCount() == 10) {
            await(both);
            await(idle);
            sleep(20); // until the other thread is idle
            Threads.set(1);
          }
          parts.countDown();
          return parts.getCount() > 0;
        });
    await(parts);
    pool.end();
  }

  @Test
  void aWaitingCallContinuesWhenTheNumberOfThreadsIsRaised() throws InterruptedException {
    CountDownLatch started = new CountDownLatch(2);
    CountDownLatch end = new CountDownLatch(1);
    Thread busy =
        start(
            2,
            i -> {
              started.countDown();
              await(end);
              return i;
            });
    await(started);
    Thread waiting = start(4, i -> i);
    sleep(50);
    assertTrue(waiting.isAlive()); // as two computations run
    Threads.set(3);
    waiting.join(TimeUnit.SECONDS.toMillis(20));
    assertFalse(waiting.isAlive());
    end.countDown();
    busy.join();
  }

  @Test
  void anInterruptThatATaskLeavesDoesNotReachTheNextOneOfThePool() {
    for (int round = 0; round < 50; round++) {
      Thread caller = Thread.currentThread();
      map(
          20,
          i -> {
            if (Thread.currentThread() != caller) {
              assertFalse(Thread.currentThread().isInterrupted());
              Thread.currentThread().interrupt();
            }
            return i;
          });
    }
    assertFalse(Thread.currentThread().isInterrupted());
  }

  @Test
  void idleThreadsDoNotReferToFinishedCalls() {
    WeakReference<Object> input = finishedCall();
    for (int i = 0; i < 100 && input.get() != null; i++) {
      System.gc();
      sleep(10);
    }
    assertNull(input.get());
  }

  private static WeakReference<Object> finishedCall() {
    byte[] value = new byte[1000];
    CyclicBarrier both = new CyclicBarrier(2);
    ThreadPool.forEach(
        2,
        2,
        i -> value,
        bytes -> {
          await(both);
          return bytes;
        },
        bytes -> {});
    return new WeakReference<>(value);
  }

  private static void await(CountDownLatch latch) {
    try {
      assertTrue(latch.await(30, TimeUnit.SECONDS));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static void sleep(int milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
