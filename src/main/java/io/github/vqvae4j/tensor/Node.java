package io.github.vqvae4j.tensor;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A node of the autograd graph: a leaf, such as a variable's tensor, or the result of an operation.
 */
final class Node {
  /** The version of a variable when an operation used it. */
  private record Use(Variable variable, long version) {
    void checkUnchanged() {
      if (variable.version() != version) {
        throw new IllegalStateException(
            "Tensor.backward: "
                + variable.name()
                + " was written after its use in the forward pass, so its gradient would mix old"
                + " and new values. Call backward() before writing, or open a new step.");
      }
    }
  }

  private final int index;
  private final Operation operation;
  private final List<Use> uses;
  private BackwardFunction backward;

  /** Whether the node can be backpropagated through repeatedly. */
  private boolean retained;

  /** For leaves: the sum over all calls of {@link Tensor#backward}; null before the first. */
  private GradientArray gradient;

  private Node(int index, Operation operation, BackwardFunction backward, List<Use> uses) {
    this.index = index;
    this.operation = operation;
    this.backward = backward;
    this.uses = uses;
  }

  static Node leaf(int index) {
    return new Node(index, null, null, List.of());
  }

  static Node of(int index, Operation operation, BackwardFunction backward) {
    List<Use> uses = new ArrayList<>();
    for (Tensor input : operation.inputArray()) {
      if (input != null) {
        input.keepForGradients();
        Variable storage = input.storage();
        if (storage != null) {
          uses.add(new Use(storage, storage.version()));
        }
      }
    }
    return new Node(index, operation, backward, uses);
  }

  /** Returns the index among the nodes of the step, in order of creation. */
  int index() {
    return index;
  }

  boolean isLeaf() {
    return operation == null;
  }

  /** Returns the operation that computed this result; null for a leaf. */
  Operation operation() {
    return operation;
  }

  /** Returns whether this node is the other one, or was computed from it. */
  boolean dependsOn(Node other) {
    Set<Node> seen = new HashSet<>(Set.of(this));
    Deque<Node> open = new ArrayDeque<>(seen);
    while (!open.isEmpty()) {
      Node next = open.remove();
      if (next == other) {
        return true;
      }
      if (next.operation == null || next.index <= other.index) { // created before the other one
        continue;
      }
      for (Tensor input : next.operation.inputArray()) {
        if (input != null && input.isTracked() && seen.add(input.node())) {
          open.add(input.node());
        }
      }
    }
    return false;
  }

  /** Runs the backward function of the operation. */
  void propagate(GradientArray dy, Backpropagation back) {
    uses.forEach(Use::checkUnchanged);
    backward.run(dy, back);
  }

  /** Returns whether this node has been backpropagated through and released. */
  boolean isPropagated() {
    return operation != null && backward == null;
  }

  /** Retains the backward function until the step closes. */
  void retain() {
    retained = true;
  }

  /** Releases the backward function, unless it is retained. */
  void release() {
    backward = retained ? backward : null;
  }

  /** Returns the accumulated gradient of a leaf; null if there is none. */
  GradientArray gradient() {
    return gradient;
  }

  /** Adds to the gradient of a leaf. */
  void add(GradientArray addend, Graph graph) {
    gradient = gradient == null ? addend : graph.sum(null, gradient, addend);
  }
}
