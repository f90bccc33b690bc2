package io.github.vqvae4j.tensor.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Version stamps, which identify the contents of an array from one write to the next. No stamp is
 * issued twice, so values computed from contents with the same stamp can be reused, whichever array
 * holds them.
 */
public final class VersionStamp {
  private static final AtomicLong LAST = new AtomicLong();

  private VersionStamp() {}

  /** Returns a new, unique stamp, larger than all earlier ones; never 0. */
  public static long next() {
    return LAST.incrementAndGet();
  }
}
