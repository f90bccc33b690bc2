package io.github.vqvae4j.tensor;

/**
 * The computation of an operation, independent of its inputs: a record whose components are the
 * attributes of the operation. It is stateless, so an operation can be replayed on other inputs and
 * in another step.
 */
interface OperationKind {
  /** Returns the name of the {@link Tensor} method, for errors and traces. */
  String name();

  /** Returns the record whose components are the attributes. */
  default Object attributes() {
    return this;
  }

  /** Returns whether inputs may be INT tensors. The operation checks which ones. */
  default boolean acceptsIntegers() {
    return false;
  }

  /** Returns whether this is a fusion of several operations. */
  default boolean isFused(Tensor... inputs) {
    return false;
  }

  /** Returns whether no NaN element of the operands had an effect on the results. */
  default boolean discardedNan(Operation operation) {
    return false;
  }

  /** Executes the operations of a fusion one by one. */
  default Tensor unfused(Tensor... inputs) {
    throw new IllegalStateException(name() + " is not a fused operation.");
  }

  /**
   * Checks the inputs and computes the result.
   *
   * @param inputs tensors of one step; null for absent optional inputs
   */
  ForwardResult forward(Tensor... inputs);

  /** An operation that also accepts INT tensors. */
  interface AnyDType extends OperationKind {
    @Override
    default boolean acceptsIntegers() {
      return true;
    }
  }

  /** An operation that selects elements of its operands. */
  interface ElementSelection extends AnyDType {
    @Override
    default boolean discardedNan(Operation operation) {
      return operation.results().stream().noneMatch(OperationCheck::hasNan);
    }
  }
}
