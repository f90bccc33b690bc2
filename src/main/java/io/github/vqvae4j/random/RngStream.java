package io.github.vqvae4j.random;

/**
 * Constants for the first key of {@link Rng#at}, which separate the independent random streams
 * derived from one seed. They are negative because the first key of a pass is its step ({@link
 * RngKey}), which is not.
 */
public final class RngStream {
  /** Shuffling of a dataset: (seed, ORDER, epoch). */
  public static final long ORDER = -1;

  /** Splitting of a dataset: (seed, SPLIT). */
  public static final long SPLIT = -2;

  /** Augmentation of an image: (seed, AUGMENTATION, epoch, index, draw). */
  public static final long AUGMENTATION = -3;

  /** The sample of images that determines the variance of data: (0, VARIANCE, stretch). */
  public static final long VARIANCE = -4;

  private RngStream() {}
}
