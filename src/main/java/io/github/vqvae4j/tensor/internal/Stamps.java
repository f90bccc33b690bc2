package io.github.vqvae4j.tensor.internal;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Names of contents: what numbers an array holds from one write to the next. No stamp is ever given
 * twice, so what was made of numbers with the same stamp may be used again, whoever holds them.
 */
public final class Stamps {
  private static final AtomicLong LAST = new AtomicLong();

  private Stamps() {}

  /** A stamp that nothing has yet; never 0. */
  public static long next() {
    return LAST.incrementAndGet();
  }
}
