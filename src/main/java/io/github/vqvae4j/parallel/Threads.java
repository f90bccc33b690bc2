package io.github.vqvae4j.parallel;

import io.github.vqvae4j.log.internal.Log;
import org.slf4j.Logger;

/**
 * The number of threads that the library computes with, for the whole process. The default is the
 * number of processors available to the JVM when the library is first used; the system property
 * {@value #PROPERTY} or {@link #set} changes it.
 *
 * <p>The results of inference do not depend on it.
 */
public final class Threads {
  /** The system property that sets the number of threads. */
  public static final String PROPERTY = "vqvae4j.threads";

  /** The largest number of threads. */
  public static final int MAX = 1024;

  private static final Logger LOG = Log.of(Threads.class);

  /** The number of threads; 0 until it is first needed. */
  private static volatile int count;

  private Threads() {}

  /**
   * Returns the number of threads that the library computes with.
   *
   * @return the number, at least 1
   * @throws IllegalArgumentException if the system property {@value #PROPERTY} is not an integer
   *     from 1 to {@value #MAX}
   */
  public static int count() {
    int n = count;
    return n > 0 ? n : initialize();
  }

  // Not in a static initializer, which would wrap the exception and throw it only once.
  private static synchronized int initialize() {
    if (count == 0) {
      String property = System.getProperty(PROPERTY);
      int n =
          property == null
              ? Math.min(MAX, Runtime.getRuntime().availableProcessors())
              : parse(property);
      if (property == null) {
        LOG.debug("Threads: {} (available processors).", n);
      } else {
        LOG.info("Threads: {} ({}).", n, PROPERTY);
      }
      Cores.set(n);
      count = n;
    }
    return count;
  }

  /**
   * Sets the number of threads that the library computes with. Computations that are already
   * running keep theirs.
   *
   * @param n the number of threads, from 1 to {@value #MAX}; more than there are cores is slower
   * @throws IllegalArgumentException if the number is out of range
   */
  public static synchronized void set(int n) {
    if (n < 1 || n > MAX) {
      throw new IllegalArgumentException(
          "Threads.set: expected 1 to " + MAX + " threads, got " + n + ".");
    }
    if (n != count) {
      LOG.info("Threads: {} (Threads.set).", n);
      Cores.set(n);
      count = n;
    }
  }

  private static int parse(String property) {
    int n;
    try {
      n = Integer.parseInt(property.strip());
    } catch (NumberFormatException e) {
      n = 0;
    }
    if (n < 1 || n > MAX) {
      throw new IllegalArgumentException(
          "System property "
              + PROPERTY
              + ": expected a number of threads from 1 to "
              + MAX
              + ", got \""
              + property
              + "\".");
    }
    return n;
  }
}
