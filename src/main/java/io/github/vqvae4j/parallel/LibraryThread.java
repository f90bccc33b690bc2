package io.github.vqvae4j.parallel;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.ArrayList;
import java.util.List;

/**
 * A platform daemon thread of the library. The library keeps every core busy with one such thread,
 * so a computation on it uses no further threads.
 */
public class LibraryThread extends Thread {
  /** Thread.isVirtual, which JDK 21 introduced; null before. */
  private static final MethodHandle IS_VIRTUAL = findIsVirtual();

  /** Whether the thread has been lent to the library. */
  private static final ThreadLocal<Boolean> LENT = ThreadLocal.withInitial(() -> false);

  private final List<Runnable> endActions = new ArrayList<>();

  /**
   * Creates a thread, which must be started.
   *
   * @param name the name of the thread, without the prefix {@code vqvae4j-}
   * @param task what the thread does
   */
  LibraryThread(String name, Runnable task) {
    super(null, task, "vqvae4j-" + name, 0, false);
    setDaemon(true);
  }

  /**
   * Returns whether the calling thread is a thread of the library, or lent to it at the moment.
   *
   * @return true on a thread of the library
   */
  public static boolean isCurrent() {
    return currentThread() instanceof LibraryThread || LENT.get();
  }

  /** Runs a task on the calling thread, which counts as a thread of the library meanwhile. */
  static void lend(Runnable task) {
    boolean before = LENT.get();
    LENT.set(true);
    try {
      task.run();
    } finally {
      LENT.set(before);
    }
  }

  /**
   * Returns whether the calling thread is a virtual one. Its native calls could run on any native
   * thread, which has settings and caches of its own.
   *
   * @return true on a virtual thread
   */
  public static boolean isVirtual() {
    try {
      return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(currentThread());
    } catch (Throwable e) {
      throw new AssertionError("Thread.isVirtual throws nothing", e);
    }
  }

  private static MethodHandle findIsVirtual() {
    try {
      return MethodHandles.publicLookup()
          .findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
    } catch (NoSuchMethodException e) {
      return null;
    } catch (IllegalAccessException e) {
      throw new AssertionError("Thread.isVirtual is public", e);
    }
  }

  /**
   * Registers an action that frees what the calling thread caches, such as native memory, to be run
   * on this thread when it ends. On threads that are not the library's it has no effect: their ends
   * are unknown.
   *
   * @param action the action, which must not throw
   */
  public static void onEnd(Runnable action) {
    if (currentThread() instanceof LibraryThread thread) {
      thread.endActions.add(action);
    }
  }

  /** Runs the task, then the actions registered with {@link #onEnd}. */
  @Override
  public final void run() {
    try {
      super.run();
    } finally {
      endActions.forEach(Runnable::run);
    }
  }
}
