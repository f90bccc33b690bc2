package io.github.vqvae4j.tensor.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * What a thread keeps outside the heap for its next operations: idle arenas, workspaces, packed
 * weights. Where memory ran out all of it is freed as soon as no step of the thread is open;
 * threads of the common pool keep theirs unless memory ran out in them.
 */
final class KeptMemory {
  private static final ThreadLocal<KeptMemory> OF_THREAD = ThreadLocal.withInitial(KeptMemory::new);

  private final List<Runnable> releases = new ArrayList<>();
  private int openSteps;
  private boolean freeOnClose;

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
    if (kept.freeOnClose && kept.openSteps == 0) {
      kept.release();
    }
  }

  /** Has all of it freed when the last open step of this thread closes, or now if none is open. */
  static void freeOnClose() {
    KeptMemory kept = OF_THREAD.get();
    kept.freeOnClose = true;
    if (kept.openSteps == 0) {
      kept.release();
    }
  }

  private void release() {
    freeOnClose = false;
    releases.forEach(Runnable::run);
  }
}
