package io.github.vqvae4j.tensor;

/**
 * What an operation computes, whatever its inputs: a record, whose components are the operation's
 * attributes. It has no state, so that computing it anew, from other inputs and in another step, is
 * replaying it.
 */
interface Kind {
  /** As the method of {@link Tensor} is called, for errors and traces. */
  String name();

  /** The record whose components are the attributes. */
  default Object attributes() {
    return this;
  }

  /** Whether an input may be in INT; the operation checks which one. */
  default boolean takesIntegers() {
    return false;
  }

  /** Whether it is several operations in one pass. */
  default boolean isFused(Tensor... inputs) {
    return false;
  }

  /** Whether all elements of operands that are NaN had no part in the results. */
  default boolean leftNanOut(Operation operation) {
    return false;
  }

  /** Carries the parts of a fused operation out one by one. */
  default Tensor oneByOne(Tensor... inputs) {
    throw new IllegalStateException(name() + " is one operation.");
  }

  /**
   * Checks the inputs and computes the result.
   *
   * @param inputs of one step; null where an optional one is absent
   */
  Value of(Tensor... inputs);

  /** One that takes integers too. */
  interface OfAnyFormat extends Kind {
    @Override
    default boolean takesIntegers() {
      return true;
    }
  }

  /** One that chooses among the elements of its operands. */
  interface Choice extends OfAnyFormat {
    @Override
    default boolean leftNanOut(Operation operation) {
      return operation.results().stream().noneMatch(OperationCheck::hasNan);
    }
  }
}
