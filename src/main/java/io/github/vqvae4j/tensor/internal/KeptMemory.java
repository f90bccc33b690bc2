package io.github.vqvae4j.tensor.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * What a thread keeps outside the heap for its next operations: idle arenas, workspaces, packed
 * weights. Once memory ran out all of it is freed, when no step of the thread is open any more.
 */
final class KeptMemory {
  private static final ThreadLocal<KeptMemory> OF_THREAD = ThreadLocal.withInitial(KeptMemory::new);

  private final List<Runnable> releases = new ArrayList<>();
  private int openSteps;
  private boolean ranOut;

  private KeptMemory() {}

  /** Has something done when this thread frees what it keeps; it may then keep memory anew. */
  static void whenReleased(Runnable release) {
    OF_THREAD.get().releases.add(release);
  }

  /** A step of this thread begins to use what is kept. */
  static void stepOpened() {
    OF_THREAD.get().openSteps++;
  }

  /** A step of this thread does not use it any more. */
  static void stepClosed() {
    KeptMemory kept = OF_THREAD.get();
    kept.openSteps--;
    if (kept.ranOut && kept.openSteps == 0) {
      kept.ranOut = false;
      kept.releases.forEach(Runnable::run);
    }
  }

  /** There was not enough memory for this thread's step, if it is in one. */
  static void ranOut() {
    KeptMemory kept = OF_THREAD.get();
    kept.ranOut = kept.openSteps > 0;
  }
}
