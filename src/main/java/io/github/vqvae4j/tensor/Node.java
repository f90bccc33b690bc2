package io.github.vqvae4j.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * A tensor's place in the graph that gradients go through: a leaf, as a variable's tensor, or the
 * result of an operation.
 */
final class Node {
  /** The content that a variable had when an operation used it. */
  private record Use(Variable variable, long stamp) {
    void checkUnchanged() {
      if (variable.stamp() != stamp) {
        throw new IllegalStateException(
            "Tensor.backward: "
                + variable.name()
                + " was written after the forward pass had used it, so its gradient would mix old"
                + " and new values. Call backward() before writing, or open a new step.");
      }
    }
  }

  private final int index;
  private final Operation operation;
  private final List<Use> uses;
  private Backward backward;

  /** Whether gradients may go through it again. */
  private boolean kept;

  /** Of a leaf, the sum over all calls of {@link Tensor#backward}; null before the first. */
  private GradientArray gradient;

  private Node(int index, Operation operation, Backward backward, List<Use> uses) {
    this.index = index;
    this.operation = operation;
    this.backward = backward;
    this.uses = uses;
  }

  static Node leaf(int index) {
    return new Node(index, null, null, List.of());
  }

  static Node of(int index, Operation operation, Backward backward) {
    List<Use> uses = new ArrayList<>();
    for (Tensor input : operation.tensors()) {
      if (input != null) {
        input.keepForGradients();
        Variable storage = input.storage();
        if (storage != null) {
          uses.add(new Use(storage, storage.stamp()));
        }
      }
    }
    return new Node(index, operation, backward, uses);
  }

  /** Its place among the nodes of the step, which are in the order of their making. */
  int index() {
    return index;
  }

  boolean isLeaf() {
    return operation == null;
  }

  /** What computed it; null for a leaf. */
  Operation operation() {
    return operation;
  }

  /** Runs the operation's backward function. */
  void propagate(GradientArray dy, Backpropagation back) {
    uses.forEach(Use::checkUnchanged);
    backward.run(dy, back);
  }

  /** Whether gradients went through it, so that what they are computed from is gone. */
  boolean isPropagated() {
    return operation != null && backward == null;
  }

  /** Has what gradients are computed from stay until the step closes. */
  void keep() {
    kept = true;
  }

  /** MultiStep what gradients are computed from, unless it is kept. */
  void drop() {
    backward = kept ? backward : null;
  }

  /** Of a leaf, the sum of what it was given; null if nothing. */
  GradientArray gradient() {
    return gradient;
  }

  /** Adds to a leaf's gradient. */
  void add(GradientArray addend, Graph graph) {
    gradient = gradient == null ? addend : graph.sum(null, gradient, addend);
  }
}
