package io.github.vqvae4j.tensor;

/** Tolerances relative to the maximum magnitude of the array, or to 1 if that is larger. */
public final class Tolerances {
  /** Two computations of the same formula in double, with different summation orders. */
  public static final double DOUBLE = 1e-12;

  /** A gradient in double compared with central differences of {@link #DIFFERENCE_STEP}. */
  public static final double CENTRAL_DIFFERENCE = 1e-7;

  /** The same for a chain of many operations, which amplify rounding errors. */
  public static final double CENTRAL_DIFFERENCE_CHAIN = 1e-6;

  /** The step of central differences, optimal for doubles near 1. */
  public static final double DIFFERENCE_STEP = 1e-5;

  /** One operation in float compared with double. */
  public static final double FLOAT = 1e-5;

  /** A chain of many operations in float compared with double. */
  public static final double FLOAT_CHAIN = 3e-5;

  private Tolerances() {}
}
