package io.github.vqvae4j.tensor;

/**
 * How far numbers may be apart, relative to the largest number of the array, or to 1 if that is
 * larger.
 */
public final class Tolerances {
  /** Two computations in double of the same formula, in another order of summation. */
  public static final double DOUBLE = 1e-12;

  /** A gradient in double beside central differences with {@link #DIFFERENCE_STEP}. */
  public static final double CENTRAL_DIFFERENCE = 1e-7;

  /** The same through a chain of many operations, which amplify rounding. */
  public static final double CENTRAL_DIFFERENCE_CHAIN = 1e-6;

  /** By how much an input is moved for a central difference: the best for doubles near 1. */
  public static final double DIFFERENCE_STEP = 1e-5;

  /** One operation in float beside the same in double. */
  public static final double FLOAT = 1e-5;

  /** A chain of many operations in float beside the same in double. */
  public static final double FLOAT_CHAIN = 3e-5;

  private Tolerances() {}
}
