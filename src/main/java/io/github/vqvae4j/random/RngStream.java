package io.github.vqvae4j.random;

/**
 * First keys of {@link Rng#at} that keep apart what one seed is used for. They are negative, since
 * the first key of a pass is its step ({@link RngKey}).
 */
public final class RngStream {
  /** The order of a data set: (seed, ORDER, epoch). */
  public static final long ORDER = -1;

  /** The parts of a data set: (seed, SPLIT). */
  public static final long SPLIT = -2;

  /** How an image looks: (seed, AUGMENTATION, epoch, index, draw). */
  public static final long AUGMENTATION = -3;

  private RngStream() {}
}
