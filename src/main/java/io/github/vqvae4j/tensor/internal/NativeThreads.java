package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.LibraryThread;
import io.github.vqvae4j.parallel.Threads;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The number of threads that the operations of a step use. {@code omp_set_num_threads} applies to
 * the calling native thread and persists, so a step sets it when it opens, and the caller's number
 * is restored when the thread's last step closes.
 *
 * <ul>
 *   <li>On a thread of the library, such as a worker of a training run, an operation uses one
 *       thread: others would wait for each other actively, and its results depend on their number.
 *   <li>On any other thread, an operation of a training step uses {@link Threads#count} threads,
 *       whatever else runs, so that results are reproducible. An operation of an inference step
 *       uses one thread; large operations whose results do not depend on it are split over {@link
 *       Threads#count} threads ({@link InferenceSplit}) if no step was open on another thread when
 *       this one opened.
 * </ul>
 */
public final class NativeThreads {
  private static final ThreadLocal<NativeThreads> CURRENT =
      ThreadLocal.withInitial(NativeThreads::new);

  /** The number of threads that have open steps. */
  private static final AtomicInteger BUSY = new AtomicInteger();

  private static final NativeOps NATIVE = nativeOps();

  /** The threads of a step: initially, and at most for operations that are split. */
  private static final class Limits implements Scope {
    private final int initial;
    private final int split;

    Limits(int initial, int split) {
      this.initial = initial;
      this.split = split;
    }

    static Limits training() {
      int threads = LibraryThread.isCurrent() ? 1 : Threads.count();
      return new Limits(threads, threads);
    }

    static Limits inference() {
      boolean alone = BUSY.get() == 1 && !LibraryThread.isCurrent();
      return new Limits(1, alone ? Threads.count() : 1);
    }

    @Override
    public void close() {
      CURRENT.get().closed(this);
    }
  }

  /** The settings of an open step. */
  public interface Scope {
    /** Restores the previous settings; called once, by the same thread. */
    void close();
  }

  private final List<Limits> open = new ArrayList<>();

  /** The number of OpenMP threads that the caller had set. */
  private int callers;

  private NativeThreads() {}

  private static NativeOps nativeOps() {
    // Loads the backend, which NativeOpsHolder requires.
    Nd4j.getBackend();
    return NativeOpsHolder.getInstance().getDeviceNativeOps();
  }

  /**
   * Returns the calling thread, which opens a step.
   *
   * @throws IllegalStateException if it is a virtual thread
   */
  public static Thread platformThread() {
    if (LibraryThread.isVirtual()) {
      throw new IllegalStateException(
          "Step: expected a platform thread, got the virtual thread "
              + Thread.currentThread()
              + ". Open the step within ThreadPool.call(..), or on a thread of an executor with"
              + " platform threads; the methods of models that take datasets can be called from"
              + " virtual threads.");
    }
    return Thread.currentThread();
  }

  /**
   * Applies the settings of a step that opens on this thread.
   *
   * @param training whether it is a training step
   */
  public static Scope open(boolean training) {
    NativeThreads thread = CURRENT.get();
    if (thread.open.isEmpty()) {
      thread.callers = current();
      BUSY.incrementAndGet();
    }
    Limits limits = training ? Limits.training() : Limits.inference();
    thread.open.add(limits);
    NATIVE.setOmpNumThreads(limits.initial);
    return limits;
  }

  private void closed(Limits limits) {
    open.remove(limits);
    if (open.isEmpty()) {
      BUSY.decrementAndGet();
      NATIVE.setOmpNumThreads(callers);
    } else {
      NATIVE.setOmpNumThreads(innermost().initial);
    }
  }

  private Limits innermost() {
    return open.get(open.size() - 1);
  }

  /** Returns the number of OpenMP threads of the calling thread. */
  static int current() {
    return NATIVE.ompGetMaxThreads();
  }

  /** Returns the maximum number of threads for a loop in Java, or an operation that is split. */
  static int max() {
    NativeThreads thread = CURRENT.get();
    if (thread.open.isEmpty()) {
      return LibraryThread.isCurrent() ? 1 : Threads.count();
    }
    return thread.innermost().split;
  }

  /** Runs an operation with another number of OpenMP threads. */
  static void with(int threads, Runnable operation) {
    int before = current();
    NATIVE.setOmpNumThreads(threads);
    try {
      operation.run();
    } finally {
      NATIVE.setOmpNumThreads(before);
    }
  }
}
