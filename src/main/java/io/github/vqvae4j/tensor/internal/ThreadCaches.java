package io.github.vqvae4j.tensor.internal;

import io.github.vqvae4j.parallel.LibraryThread;
import java.util.ArrayList;
import java.util.List;

/**
 * The off-heap memory that a thread caches between operations: idle arenas, workspaces and packed
 * weights. After memory has run out, it is freed as soon as the thread has no open step. A thread
 * of the library also frees it when it ends.
 */
final class ThreadCaches {
  private static final ThreadLocal<ThreadCaches> CURRENT =
      ThreadLocal.withInitial(ThreadCaches::new);

  private final List<Runnable> releases = new ArrayList<>();
  private int openSteps;
  private boolean releasePending;

  private ThreadCaches() {
    LibraryThread.onEnd(this::release);
  }

  /**
   * Registers an action that frees one of this thread's caches. The cache may be refilled
   * afterwards.
   */
  static void onRelease(Runnable release) {
    CURRENT.get().releases.add(release);
  }

  /** Records that a step of this thread was opened. */
  static void stepOpened() {
    CURRENT.get().openSteps++;
  }

  /** Records that a step of this thread was closed. */
  static void stepClosed() {
    ThreadCaches caches = CURRENT.get();
    caches.openSteps--;
    if (caches.releasePending && caches.openSteps == 0) {
      caches.release();
    }
  }

  /** Releases this thread's caches when its last open step is closed, or now if none is open. */
  static void releaseWhenIdle() {
    ThreadCaches caches = CURRENT.get();
    caches.releasePending = true;
    if (caches.openSteps == 0) {
      caches.release();
    }
  }

  private void release() {
    releasePending = false;
    releases.forEach(Runnable::run);
  }
}
