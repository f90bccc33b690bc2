package io.github.vqvae4j.parallel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.memory.HeapMemory;
import io.github.vqvae4j.memory.InsufficientMemoryException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ThreadPoolTest {
  private WithThreads threads = new WithThreads(3);

  /** A thread of another test, when their number is reduced, may run one more task. */
  @BeforeEach
  void endThreadsOfOtherTests() {
    ThreadPool.endIdleThreads();
  }

  @AfterEach
  void restore() {
    threads.close();
  }

  private static List<Integer> map(int count, IntUnaryOperator task) {
    List<Integer> results = new ArrayList<>();
    ThreadPool.forEach(count, 8, i -> i, i -> task.applyAsInt(i), results::add);
    return results;
  }

  @ParameterizedTest
  @CsvSource({"0, 1", "1, 1", "1, 3", "2, 3", "7, 1", "7, 2", "7, 3", "100, 3"})
  void resultsAreInOrder(int count, int n) {
    Threads.set(n);
    List<Integer> results =
        map(
            count,
            i -> {
              sleep((i * 7) % 3);
              return i * i;
            });
    assertEquals(IntStream.range(0, count).mapToObj(i -> i * i).toList(), results);
  }

  @Test
  void severalTasksRunOnTheCallerAndThePoolAtOnce() {
    CyclicBarrier all = new CyclicBarrier(3);
    Thread caller = Thread.currentThread();
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    List<Integer> results =
        map(
            9,
            i -> {
              assertTrue(LibraryThread.isCurrent());
              used.add(Thread.currentThread());
              await(all); // ends only if three tasks run at once
              return i;
            });
    assertEquals(9, results.size());
    assertTrue(used.remove(caller));
    assertEquals(2, used.size());
    used.forEach(thread -> assertTrue(thread.getName().startsWith("vqvae4j-pool-")));
    assertFalse(LibraryThread.isCurrent());
  }

  @Test
  void theSameThreadHelpsInEachCall() {
    Threads.set(2);
    Set<Thread> helpers = ConcurrentHashMap.newKeySet();
    for (int call = 0; call < 20; call++) {
      CyclicBarrier both = new CyclicBarrier(2);
      map(
          2,
          i -> {
            helpers.add(Thread.currentThread());
            await(both);
            return i;
          });
      sleep(5); // until the helper is idle
    }
    helpers.remove(Thread.currentThread());
    assertEquals(1, helpers.size());
  }

  @Test
  void noMoreThanTheSetNumberOfThreadsRun() {
    Threads.set(2);
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Runnable call =
        () ->
            map(
                20,
                i -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  sleep(2);
                  return running.decrementAndGet();
                });
    inParallel(4, call);
    assertEquals(2, most.get());
  }

  @Test
  void aSingleTaskRunsOnTheCallingThread() {
    Thread caller = Thread.currentThread();
    ThreadPool.forEach(1, 8, i -> i, i -> Thread.currentThread(), t -> assertSame(caller, t));
    ThreadPool.forEach(5, 1, i -> i, i -> Thread.currentThread(), t -> assertSame(caller, t));
    assertSame(caller, ThreadPool.call(Thread::currentThread));
  }

  @Test
  void inputsAndResultsBelongToTheCallingThread() {
    Thread caller = Thread.currentThread();
    ThreadPool.forEach(
        10,
        8,
        i -> {
          assertSame(caller, Thread.currentThread());
          return i;
        },
        i -> i,
        i -> assertSame(caller, Thread.currentThread()));
  }

  @Test
  void inputsAreReadOnlyAFewAhead() {
    AtomicInteger done = new AtomicInteger();
    ThreadPool.forEach(
        50,
        8,
        i -> {
          assertTrue(i - done.get() <= 6, () -> i + " read, " + done + " done");
          return i;
        },
        i -> i,
        i -> done.incrementAndGet());
  }

  @Test
  void nestedCallsRunOnTheSameThread() {
    // More nested calls than threads: they would wait for each other.
    List<Integer> results =
        map(
            6,
            i -> {
              Thread outer = Thread.currentThread();
              int sum =
                  map(4, j -> Thread.currentThread() == outer ? j : -100).stream()
                      .mapToInt(j -> j)
                      .sum();
              ThreadPool.run(4, 4, j -> assertSame(outer, Thread.currentThread()));
              return sum;
            });
    assertEquals(List.of(6, 6, 6, 6, 6, 6), results);
  }

  @Test
  void theFirstFailureInOrderIsThrownWhenNothingRunsAnyMore() {
    for (int round = 0; round < 30; round++) {
      AtomicInteger running = new AtomicInteger();
      Set<Integer> started = ConcurrentHashMap.newKeySet();
      RuntimeException e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  map(
                      100,
                      i -> {
                        started.add(i);
                        running.incrementAndGet();
                        sleep(i == 2 ? 5 : 1);
                        running.decrementAndGet();
                        if (i == 2 || i == 3 || i == 4) {
                          throw new IllegalStateException("task " + i);
                        }
                        return i;
                      }));
      assertEquals("task 2", e.getMessage());
      assertEquals(0, running.get());
      assertTrue(started.size() <= 8, started::toString);
    }
  }

  @Test
  void aFailureOfAnEarlierTaskComesBeforeThatOfAnInput() {
    Exception e =
        assertThrows(
            IllegalStateException.class,
            () ->
                ThreadPool.forEach(
                    9,
                    8,
                    i -> {
                      if (i == 3) {
                        throw new IllegalStateException("input 3");
                      }
                      return i;
                    },
                    i -> {
                      sleep(5);
                      if (i == 1) {
                        throw new IllegalStateException("task 1");
                      }
                      return i;
                    },
                    i -> {}));
    assertEquals("task 1", e.getMessage());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void afterMemoryRanOutTheRestRunsOneAtATime(boolean exception) {
    AtomicInteger running = new AtomicInteger();
    List<Integer> freed = new ArrayList<>();
    List<Integer> results =
        map(
            20,
            i -> {
              LibraryThread.onEnd(
                  () -> {
                    synchronized (freed) {
                      freed.add(i);
                    }
                  });
              boolean alone = running.incrementAndGet() == 1;
              sleep(3);
              running.decrementAndGet();
              if (i >= 4 && !alone) {
                synchronized (freed) {
                  assertTrue(freed.isEmpty());
                }
                if (exception) {
                  throw insufficient();
                }
                throw new OutOfMemoryError("test");
              }
              return i;
            });
    assertEquals(IntStream.range(0, 20).boxed().toList(), results);
    assertFalse(freed.isEmpty());
  }

  @Test
  void anInputThatCouldNotBeReadIsReadAgainAfterMemoryRanOut() {
    CountDownLatch failed = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    List<Integer> results = new ArrayList<>();
    ThreadPool.forEach(
        7,
        8,
        i -> {
          if (i == 3 && failed.getCount() > 0) {
            failed.countDown();
            throw new IllegalStateException("input 3");
          }
          return i;
        },
        i -> {
          if (i == 1 && attempts.getAndIncrement() == 0) {
            awaitLatch(failed);
            throw insufficient();
          }
          return i;
        },
        results::add);
    assertEquals(IntStream.range(0, 7).boxed().toList(), results);
  }

  @ParameterizedTest
  @MethodSource("throwables")
  void exceptionsOfTasksAreRethrownUnchanged(Throwable thrown) {
    IntUnaryOperator failing = i -> ThreadPoolTest.<RuntimeException>throwing(thrown);
    assertSame(thrown, assertThrows(Throwable.class, () -> map(5, failing)));
    assertSame(
        thrown,
        assertThrows(Throwable.class, () -> ThreadPool.run(5, 3, i -> failing.applyAsInt(i))));
  }

  private static List<Throwable> throwables() {
    return List.of(
        new CompletionException("without a cause", null),
        new CompletionException(new IOException("the cause")),
        new CancellationException(),
        new IOException("checked"),
        new StackOverflowError());
  }

  @SuppressWarnings("unchecked") // the cast is erased
  private static <E extends Throwable> int throwing(Throwable thrown) throws E {
    throw (E) thrown;
  }

  private static RuntimeException insufficient() {
    return HeapMemory.insufficient("a test", "memory", 1, null);
  }

  @Test
  void insufficientMemoryForOneTaskIsThrown() {
    AtomicInteger attempts = new AtomicInteger();
    assertThrows(
        InsufficientMemoryException.class,
        () ->
            map(
                9,
                i -> {
                  if (i == 5) {
                    attempts.incrementAndGet();
                    throw insufficient();
                  }
                  return i;
                }));
    assertEquals(2, attempts.get());
  }

  @Test
  void interruptsAreKept() {
    Thread.currentThread().interrupt();
    assertEquals(10, map(10, i -> Thread.currentThread().isInterrupted() ? -1 : i).size());
    ThreadPool.run(5, 3, i -> sleepUninterruptibly());
    assertTrue(Thread.interrupted());
  }

  @Test
  void largeExamplesAreProcessedOneAtATime() {
    assertEquals(3, ThreadPool.threads(256 * 256));
    assertEquals(1, ThreadPool.threads(256 * 256 + 1));
  }

  @Test
  void loopsRunOnTheCallerAndThePool() {
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    CyclicBarrier all = new CyclicBarrier(3);
    ThreadPool.run(
        3,
        3,
        i -> {
          used.add(Thread.currentThread());
          await(all);
        });
    assertEquals(3, used.size());
    assertTrue(used.contains(Thread.currentThread()));
  }

  @Test
  void aLoopDoesNotWaitForABusyPool() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    Thread other = new Thread(() -> map(6, i -> awaitLatch(end)));
    other.start();
    AtomicInteger sum = new AtomicInteger();
    ThreadPool.run(10, 3, sum::addAndGet);
    assertEquals(45, sum.get());
    end.countDown();
    other.join();
  }

  @Test
  void aLoopRunsAllPartsAndThrowsTheFirstFailure() {
    Set<Integer> ran = ConcurrentHashMap.newKeySet();
    Exception e =
        assertThrows(
            IllegalStateException.class,
            () ->
                ThreadPool.run(
                    10,
                    3,
                    i -> {
                      ran.add(i);
                      if (i > 3) {
                        throw new IllegalStateException("part " + i);
                      }
                    }));
    assertEquals("part 4", e.getMessage());
    assertEquals(10, ran.size());
  }

  @Test
  void aChangedNumberOfThreadsAppliesToTheNextCall() {
    map(10, i -> i);
    Threads.set(5);
    CyclicBarrier all = new CyclicBarrier(5);
    assertEquals(
        5,
        map(
                5,
                i -> {
                  await(all);
                  return i;
                })
            .size());
    Threads.set(2);
    map(10, i -> i);
    sleep(100); // An idle thread may run one more task before it ends.
    noMoreThanTheSetNumberOfThreadsRun();
  }

  @Test
  void idleThreadsEndAndFreeWhatTheyCache() throws InterruptedException {
    AtomicBoolean freed = new AtomicBoolean();
    Set<Thread> used = ConcurrentHashMap.newKeySet();
    CyclicBarrier both = new CyclicBarrier(2);
    map(
        2,
        i -> {
          LibraryThread.onEnd(() -> freed.set(true));
          used.add(Thread.currentThread());
          await(both);
          return i;
        });
    used.remove(Thread.currentThread());
    assertEquals(1, used.size());
    used.forEach(thread -> assertTrue(thread.isAlive()));
    for (Thread thread : used) {
      thread.join(TimeUnit.SECONDS.toMillis(2 * PoolThreads.IDLE_SECONDS));
      assertFalse(thread.isAlive());
    }
    assertTrue(freed.get());
    assertEquals(4, map(4, i -> i).size());
  }

  @Test
  void manyCallersShareThePool() {
    inParallel(
        8,
        () -> {
          for (int round = 0; round < 500; round++) {
            assertEquals(IntStream.range(0, 13).boxed().toList(), map(13, i -> i));
            if (round % 5 == 0) {
              ThreadPool.endIdleThreads();
            }
          }
        });
  }

  private static void inParallel(int count, Runnable task) {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Thread thread = new Thread(task);
      thread.setUncaughtExceptionHandler((t, e) -> failures.add(e));
      all.add(thread);
      thread.start();
    }
    for (Thread thread : all) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    assertEquals(List.of(), List.copyOf(failures));
  }

  private static int awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
      return 0;
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

  private static void sleepUninterruptibly() {
    long end = System.nanoTime() + 1_000_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
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
