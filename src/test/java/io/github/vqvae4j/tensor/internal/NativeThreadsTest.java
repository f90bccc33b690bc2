package io.github.vqvae4j.tensor.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.vqvae4j.parallel.ThreadPool;
import io.github.vqvae4j.parallel.VirtualThreads;
import io.github.vqvae4j.parallel.WithThreads;
import io.github.vqvae4j.random.Rng;
import io.github.vqvae4j.tensor.Step;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.bytedeco.openblas.global.openblas;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

@SuppressWarnings("try")
class NativeThreadsTest {
  private final WithThreads threads = new WithThreads(3);
  private int before;

  @BeforeEach
  void setCallersNumber() {
    before = NativeThreads.current();
    set(5);
  }

  @AfterEach
  void restore() {
    threads.close();
    set(before);
  }

  private static void set(int n) {
    NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(n);
  }

  @Test
  void aStepSetsTheNumberAndRestoresTheCallers() {
    try (Step step = Step.training(new Rng(1))) {
      assertEquals(3, NativeThreads.current());
      assertEquals(3, NativeThreads.max());
    }
    assertEquals(5, NativeThreads.current());
    try (Step step = Step.inference()) {
      assertEquals(1, NativeThreads.current());
      assertEquals(3, NativeThreads.max());
    }
    assertEquals(5, NativeThreads.current());
  }

  @Test
  void nestedStepsInAnyClosingOrder() {
    Step training = Step.training(new Rng(1));
    Step inference = Step.inference();
    assertEquals(1, NativeThreads.current());
    training.close();
    assertEquals(1, NativeThreads.current());
    Step second = Step.training(new Rng(1));
    assertEquals(3, NativeThreads.current());
    second.close();
    assertEquals(1, NativeThreads.current());
    inference.close();
    inference.close();
    assertEquals(5, NativeThreads.current());
  }

  @Test
  void onlyTheCallingThreadIsAffected() throws Exception {
    int other = onAnotherThread(NativeThreads::current);
    try (Step step = Step.training(new Rng(1))) {
      assertEquals(other, onAnotherThread(NativeThreads::current));
      assertEquals(
          1,
          onAnotherThread(
              () -> {
                try (Step inference = Step.inference()) {
                  return NativeThreads.current();
                }
              }));
    }
  }

  @Test
  void inferenceIsNotSplitWhileAnotherPassRuns() throws Exception {
    try (Step step = Step.inference()) {
      assertEquals(
          1,
          onAnotherThread(
              () -> {
                try (Step inference = Step.inference()) {
                  return NativeThreads.max();
                }
              }));
      // A training step always uses all, so its results are reproducible.
      assertEquals(
          3,
          onAnotherThread(
              () -> {
                try (Step training = Step.training(new Rng(1))) {
                  return NativeThreads.max();
                }
              }));
    }
    try (Step step = Step.inference()) {
      assertEquals(3, NativeThreads.max());
    }
  }

  @Test
  void threadsOfTheLibraryUseOneThread() {
    List<int[]> numbers = new ArrayList<>();
    ThreadPool.forEach(
        3,
        3,
        i -> i,
        i -> {
          int outside = NativeThreads.max();
          try (Step training = Step.training(new Rng(1));
              Step inference = Step.inference()) {
            int inner = NativeThreads.current();
            inference.close();
            return new int[] {outside, inner, NativeThreads.max(), NativeThreads.current()};
          }
        },
        numbers::add);
    numbers.forEach(n -> assertEquals(List.of(1, 1, 1, 1), List.of(n[0], n[1], n[2], n[3])));
  }

  @Test
  void nd4jAndOpenBlasUseOneThread() {
    Step.inference().close();
    Nd4j.rand(300, 300).mmul(Nd4j.rand(300, 300));
    assertEquals(1, openblas.blas_get_num_threads());
    assertEquals(1, Nd4j.getEnvironment().maxMasterThreads());
  }

  @Test
  @EnabledForJreRange(minVersion = 21, disabledReason = "older JDKs have no virtual threads")
  void aStepIsRefusedOnAVirtualThread() throws Exception {
    FutureTask<Step> opened = new FutureTask<>(Step::inference);
    VirtualThreads.start(opened);
    Throwable failure = assertThrows(ExecutionException.class, opened::get).getCause();
    assertEquals(IllegalStateException.class, failure.getClass());
    assertTrue(
        failure.getMessage().startsWith("Step: expected a platform thread, got the virtual thread"),
        failure.getMessage());
    FutureTask<Boolean> called =
        new FutureTask<>(
            () ->
                ThreadPool.call(
                    () -> {
                      try (Step step = Step.inference()) {
                        return step.isTraining();
                      }
                    }));
    VirtualThreads.start(called);
    assertFalse(called.get());
  }

  private static <T> T onAnotherThread(Callable<T> task) throws Exception {
    FutureTask<T> future = new FutureTask<>(task);
    new Thread(future).start();
    return future.get();
  }
}
