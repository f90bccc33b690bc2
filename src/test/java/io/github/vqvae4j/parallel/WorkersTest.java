package io.github.vqvae4j.parallel;

import static io.github.vqvae4j.io.ErrorText.assertMessageContains;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD) // waits are uninterruptible
class WorkersTest {
  private static final long SEED = Long.getLong("vqvae4j.seed", System.nanoTime());

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7})
  void everyWorkerRunsTheTaskOnItsOwnThread(int size) {
    String[] threads = new String[size];
    try (Workers workers = new Workers(size)) {
      assertEquals(size, workers.size());
      for (int i = 0; i < 3; i++) {
        workers.run(
            worker -> {
              assertEquals(size, worker.size());
              assertTrue(LibraryThread.isCurrent());
              threads[worker.rank()] = Thread.currentThread().getName();
            });
        for (int rank = 0; rank < size; rank++) {
          assertEquals("vqvae4j-worker-" + rank, threads[rank]);
        }
      }
    }
  }

  /** 1e16 + 1 = 1e16 in double, so only one order gives 1. */
  @Test
  void sumsAreAddedInTheOrderOfTheRanks() {
    double[] values = {1e16, 1, -1e16, 1};
    double expected = values[0] + values[1] + values[2] + values[3];
    assertEquals(1, expected);
    double[][] sums = new double[4][];
    try (Workers workers = new Workers(4)) {
      for (int round = 0; round < 50; round++) {
        long seed = SEED + round;
        workers.run(
            worker -> {
              double[] sum = {values[worker.rank()], -0.0, worker.rank()};
              new DelayedCommunicator(worker, seed).sum(sum);
              sums[worker.rank()] = sum;
            });
        for (double[] sum : sums) {
          assertArrayEquals(new double[] {1, -0.0, 6}, sum, "seed " + SEED);
        }
      }
    }
  }

  @Test
  void broadcastsReplaceTheValuesOfAllOthers() {
    try (Workers workers = new Workers(3)) {
      workers.run(
          worker -> {
            for (int root = 0; root < 3; root++) {
              double[] values = {worker.rank() + 0.5, Double.NaN};
              worker.broadcast(values, root);
              assertArrayEquals(new double[] {root + 0.5, Double.NaN}, values);
              values[0] = -1; // must not change what others have received
              double[] none = {};
              worker.broadcast(none, root);
            }
          });
      for (int root : new int[] {-1, 3}) {
        IllegalArgumentException e =
            assertThrows(
                IllegalArgumentException.class,
                () -> workers.run(worker -> worker.broadcast(new double[1], root)));
        assertMessageContains(e, "3 workers", "got " + root);
      }
    }
  }

  @Test
  void aSingleWorkerKeepsItsValues() {
    double[] values = {1, 2};
    Consumer<Communicator> task =
        worker -> {
          worker.sum(values);
          worker.broadcast(values, 0);
          worker.barrier();
          assertEquals(0, worker.rank());
          assertEquals(1, worker.size());
          assertArrayEquals(new double[] {1, 2}, values);
          assertThrows(IllegalArgumentException.class, () -> worker.broadcast(values, 1));
        };
    task.accept(Communicator.single());
    try (Workers workers = new Workers(1)) {
      workers.run(task);
    }
  }

  @Test
  void barriersMakeWritesVisible() {
    int size = 3;
    int[] written = new int[size];
    try (Workers workers = new Workers(size)) {
      workers.run(
          worker -> {
            Communicator delayed = new DelayedCommunicator(worker, SEED);
            for (int round = 1; round < 200; round++) {
              written[worker.rank()] = round;
              delayed.barrier();
              for (int value : written) {
                assertEquals(round, value, "seed " + SEED);
              }
              delayed.barrier();
            }
          });
    }
  }

  /** A worker may be a call ahead of another one that has not read the values yet. */
  @Test
  void manyCallsInARowKeepTheirValuesApart() {
    try (Workers workers = new Workers(3)) {
      workers.run(
          worker -> {
            Random random = new Random(SEED + worker.rank());
            for (int round = 0; round < 3_000; round++) {
              double[] sum = {round * (worker.rank() + 1)};
              worker.sum(sum);
              assertEquals(6.0 * round, sum[0], "seed " + SEED);
              double[] sent = {round + 0.25 * worker.rank()};
              worker.broadcast(sent, round % 3);
              assertEquals(round + 0.25 * (round % 3), sent[0], "seed " + SEED);
              if (random.nextInt(100) == 0) {
                Thread.yield();
              }
            }
          });
    }
  }

  @Test
  void theExceptionOfTheLowestRankIsThrown() {
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < 20; round++) {
        long seed = SEED + round;
        UnsupportedOperationException e =
            assertThrows(
                UnsupportedOperationException.class,
                () ->
                    workers.run(
                        worker -> {
                          new DelayedCommunicator(worker, seed).barrier();
                          if (worker.rank() > 0) {
                            throw new UnsupportedOperationException("rank " + worker.rank());
                          }
                        }));
        assertEquals("rank 1", e.getMessage(), "seed " + SEED);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sum", "broadcast", "barrier"})
  void aFailureReleasesTheWorkersThatWait(String call) {
    IllegalArgumentException failure = new IllegalArgumentException("bad value");
    List<Throwable> released = Collections.synchronizedList(new ArrayList<>());
    try (Workers workers = new Workers(4)) {
      for (int round = 0; round < 10; round++) {
        released.clear();
        long seed = SEED + round;
        Throwable thrown =
            assertThrows(
                IllegalArgumentException.class,
                () ->
                    workers.run(
                        worker -> {
                          Communicator delayed = new DelayedCommunicator(worker, seed);
                          if (worker.rank() == 2) {
                            throw failure;
                          }
                          try {
                            call(delayed, call);
                          } catch (RuntimeException e) {
                            released.add(e);
                            throw new IllegalStateException("wrapped by code of a user", e);
                          }
                        }));
        assertSame(failure, thrown, "seed " + SEED);
        assertEquals(3, released.size());
        sumsAreRight(workers); // the team can be used again
      }
    }
  }

  private static void call(Communicator worker, String call) {
    switch (call) {
      case "sum" -> worker.sum(new double[2]);
      case "broadcast" -> worker.broadcast(new double[2], 1);
      default -> worker.barrier();
    }
  }

  private static void sumsAreRight(Workers workers) {
    workers.run(
        worker -> {
          double[] sum = {1, worker.rank()};
          worker.sum(sum);
          int size = worker.size();
          assertArrayEquals(new double[] {size, size * (size - 1) / 2.0}, sum);
        });
  }

  /** A worker that catches its release, or its mismatch, does not hide the failure. */
  @Test
  void exceptionsThatTasksSwallowAreThrown() {
    try (Workers workers = new Workers(2)) {
      IllegalStateException e =
          assertThrows(
              IllegalStateException.class,
              () ->
                  workers.run(
                      worker -> {
                        for (int i = 0; i < 3; i++) {
                          try {
                            call(worker, worker.rank() == 0 ? "sum" : "barrier");
                          } catch (RuntimeException ignored) {
                            assertFalse(ignored.getMessage().isEmpty());
                          }
                        }
                      }));
      assertMessageContains(e, "sum of 2 values", "the end of its loss or backward pass");
      sumsAreRight(workers);
    }
  }

  @Test
  void differentCallsAreNamed() {
    assertMismatch(
        worker -> call(worker, worker.rank() == 1 ? "sum" : "barrier"),
        "sum of 2 values",
        "the end of its loss or backward pass",
        "same calls in the same order",
        "Sum over the examples first");
    assertMismatch(
        worker -> worker.sum(new double[worker.rank() == 0 ? 2 : 1]),
        "sum of 2 values",
        "sum of 1 value");
    assertMismatch(
        worker -> worker.broadcast(new double[worker.rank() == 0 ? 1 : 2], 2),
        "worker 0: broadcast of 1 value from worker 2");
    assertMismatch(
        worker -> worker.sum(new double[worker.rank() == 2 ? 5 : 4]),
        "sum of 5 values",
        "sum of 4 values");
    assertMismatch(
        worker -> worker.broadcast(new double[3], worker.rank() == 0 ? 1 : 0),
        "broadcast of 3 values from worker 1",
        "broadcast of 3 values from worker 0");
  }

  @Test
  void endingEarlyIsNamed() {
    for (int early = 0; early < 3; early++) {
      int rank = early;
      assertMismatch(
          worker -> {
            worker.barrier();
            if (worker.rank() != rank) {
              worker.sum(new double[7]);
            }
          },
          "worker " + rank + ": the end of its task",
          "sum of 7 values");
    }
  }

  private static void assertMismatch(Consumer<Communicator> task, String... fragments) {
    try (Workers workers = new Workers(3)) {
      for (int round = 0; round < 10; round++) {
        long seed = SEED + round;
        IllegalStateException e =
            assertThrows(
                IllegalStateException.class,
                () -> workers.run(worker -> task.accept(new DelayedCommunicator(worker, seed))));
        assertMessageContains(e, fragments);
        assertFalse(e.getMessage().contains("of 1 values"), e.getMessage());
        sumsAreRight(workers);
      }
    }
  }

  @Test
  void errorsAreRethrownUnchanged() {
    OutOfMemoryError memory = new OutOfMemoryError("test");
    IOException checked = new IOException("test");
    try (Workers workers = new Workers(2)) {
      assertSame(memory, assertThrows(OutOfMemoryError.class, () -> failWith(workers, memory)));
      assertSame(checked, assertThrows(IOException.class, () -> failWith(workers, checked)));
      assertThrows(
          StackOverflowError.class,
          () ->
              workers.run(
                  worker -> {
                    if (worker.rank() == 1) {
                      recurse(0);
                    }
                    worker.barrier();
                  }));
      sumsAreRight(workers);
    }
  }

  private static void failWith(Workers workers, Throwable failure) {
    workers.run(
        worker -> {
          worker.barrier();
          if (worker.rank() == 1) {
            WorkersTest.<RuntimeException>sneakyThrow(failure);
          }
          worker.sum(new double[1]);
        });
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void sneakyThrow(Throwable failure) throws E {
    throw (E) failure;
  }

  private static int recurse(int depth) {
    return recurse(depth + 1) + 1;
  }

  @Test
  void anInterruptIsKeptAndDoesNotEndTheWait() throws InterruptedException {
    List<String> log = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    try (Workers workers = new Workers(2)) {
      Thread caller =
          new Thread(
              () -> {
                workers.run(
                    worker -> {
                      running.countDown();
                      if (worker.rank() == 0) {
                        await(go);
                      }
                      worker.barrier();
                    });
                log.add("interrupted: " + Thread.currentThread().isInterrupted());
              });
      caller.start();
      running.await();
      caller.interrupt();
      long cpu = cpuTimeOf(caller.getId());
      Thread.sleep(300);
      assertTrue(caller.isAlive());
      assertTrue(cpuTimeOf(caller.getId()) - cpu < 100_000_000L, "the caller must not spin");
      go.countDown();
      caller.join();
      assertEquals(List.of("interrupted: true"), log);
      sumsAreRight(workers);
    }
  }

  @Test
  void anInterruptedWorkerWaitsAndKeepsItsStatus() {
    try (Workers workers = new Workers(2)) {
      workers.run(
          worker -> {
            if (worker.rank() == 0) {
              Thread.currentThread().interrupt();
            } else {
              sleep(20);
            }
            double[] sum = {1};
            worker.sum(sum);
            assertEquals(2, sum[0]);
            assertEquals(worker.rank() == 0, Thread.interrupted());
          });
    }
  }

  /** Waiting threads park: between tasks, in a call, and the caller of run. */
  @Test
  void waitingThreadsUseNoCpuTime() {
    long caller = Thread.currentThread().getId();
    long[] ids = new long[3];
    try (Workers workers = new Workers(3)) {
      workers.run(worker -> ids[worker.rank()] = Thread.currentThread().getId());
      long before = cpuTimeOf(caller) + Arrays.stream(ids).map(WorkersTest::cpuTimeOf).sum();
      sleep(200);
      workers.run(
          worker -> {
            if (worker.rank() == 0) {
              sleep(300);
            }
            worker.barrier();
          });
      long after = cpuTimeOf(caller) + Arrays.stream(ids).map(WorkersTest::cpuTimeOf).sum();
      assertTrue(after - before < 100_000_000L, "CPU time in ns: " + (after - before));
    }
  }

  private static long cpuTimeOf(long thread) {
    return Math.max(0, ManagementFactory.getThreadMXBean().getThreadCpuTime(thread));
  }

  @Test
  void closingEndsTheThreads() {
    Thread[] threads = new Thread[3];
    Workers workers = new Workers(3);
    workers.run(worker -> threads[worker.rank()] = Thread.currentThread());
    workers.close();
    for (Thread thread : threads) {
      assertFalse(thread.isAlive());
    }
    workers.close();
    IllegalStateException e =
        assertThrows(IllegalStateException.class, () -> workers.run(worker -> {}));
    assertMessageContains(e, "closed");
  }

  @Test
  void closingWaitsForTheTask() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(1);
    List<String> log = Collections.synchronizedList(new ArrayList<>());
    Workers workers = new Workers(2);
    Thread caller =
        new Thread(
            () ->
                workers.run(
                    worker -> {
                      running.countDown();
                      sleep(50);
                      worker.barrier();
                      log.add("end");
                    }));
    caller.start();
    running.await();
    Thread.currentThread().interrupt();
    workers.close();
    assertTrue(Thread.interrupted(), "the interrupt status is kept");
    assertEquals(List.of("end", "end"), log);
    caller.join();
  }

  @Test
  void aTaskCannotUseItsOwnWorkers() {
    try (Workers workers = new Workers(2)) {
      IllegalStateException nested =
          assertThrows(
              IllegalStateException.class, () -> workers.run(worker -> workers.run(inner -> {})));
      assertMessageContains(nested, "running another task", "its own workers");
      Runnable close = workers::close;
      IllegalStateException closed =
          assertThrows(IllegalStateException.class, () -> workers.run(worker -> close.run()));
      assertMessageContains(closed, "cannot close its own workers");
      workers.run(
          worker -> {
            try (Workers others = new Workers(2)) { // another team is fine
              sumsAreRight(others);
            }
            worker.barrier();
          });
    }
  }

  @Test
  void aSecondCallerIsRejected() throws InterruptedException {
    CountDownLatch running = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    try (Workers workers = new Workers(2)) {
      Thread first =
          new Thread(
              () ->
                  workers.run(
                      worker -> {
                        running.countDown();
                        await(go);
                      }));
      first.start();
      running.await();
      assertThrows(IllegalStateException.class, () -> workers.run(worker -> {}));
      go.countDown();
      first.join();
      sumsAreRight(workers);
    }
  }

  @Test
  void aCommunicatorBelongsToTheThreadOfItsWorker() {
    Communicator[] communicators = new Communicator[2];
    try (Workers workers = new Workers(2)) {
      workers.run(worker -> communicators[worker.rank()] = worker);
      IllegalStateException e =
          assertThrows(IllegalStateException.class, communicators[1]::barrier);
      assertMessageContains(e, "communicator of worker 1", Thread.currentThread().getName());
      assertThrows(
          IllegalStateException.class,
          () -> workers.run(worker -> communicators[1 - worker.rank()].sum(new double[1])));
      sumsAreRight(workers);
    }
  }

  @Test
  void invalidArgumentsAreRejected() {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> new Workers(0).close());
    assertMessageContains(e, "at least 1 worker", "got 0");
    try (Workers workers = new Workers(2)) {
      assertThrows(NullPointerException.class, () -> workers.run(null));
      sumsAreRight(workers);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void sleep(long milliseconds) {
    try {
      Thread.sleep(milliseconds);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
