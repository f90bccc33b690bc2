package io.github.vqvae4j.benchmarks;

import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Threads that call a task at the same time. */
final class Callers implements AutoCloseable {
  private final int count;
  private final ExecutorService threads;

  /** Creates the threads. */
  Callers(int count) {
    this.count = count;
    threads = Executors.newFixedThreadPool(count);
  }

  /**
   * Returns a task that makes the given number of calls and waits for the last of them.
   *
   * @param call the task to call, from several threads at once
   * @param calls the number of calls, a multiple of the number of threads
   */
  Runnable calls(Runnable call, int calls) {
    Callable<Object> caller =
        Executors.callable(
            () -> {
              for (int i = 0; i < calls / count; i++) {
                call.run();
              }
            });
    List<Callable<Object>> all = Collections.nCopies(count, caller);
    return () -> {
      try {
        for (Future<Object> future : threads.invokeAll(all)) {
          future.get();
        }
      } catch (ExecutionException | InterruptedException e) {
        throw new IllegalStateException("A call failed.", e);
      }
    };
  }

  @Override
  public void close() {
    threads.shutdown();
  }
}
