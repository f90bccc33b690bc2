package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A backward pass from a scalar to the required leaves, which visits the operations in reverse
 * order. It holds the gradients of the nodes that have not been visited yet.
 */
final class Backpropagation {
  private final Step step;
  private final Graph graph;

  /** Gradients by node index; null where none has been added yet. */
  private final GradientArray[] gradients;

  /** Whether each node, by its index, depends on a required leaf. */
  private final boolean[] required;

  /** The operation whose backward function is running. */
  private Operation current;

  /** The gradient of the current operation's result. */
  private GradientArray dy;

  private boolean released;

  /**
   * Creates a backward pass.
   *
   * @param leaves selects the leaves whose gradients are required
   */
  Backpropagation(Step step, Graph graph, Predicate<Node> leaves) {
    this.step = step;
    this.graph = graph;
    List<Node> nodes = graph.nodes();
    gradients = new GradientArray[nodes.size()];
    required = new boolean[nodes.size()];
    for (Node node : nodes) {
      required[node.index()] =
          node.isLeaf()
              ? leaves.test(node)
              : Arrays.stream(node.operation().inputArray()).anyMatch(this::requires);
    }
  }

  /** Backpropagates from a scalar. The gradients of the leaves are available afterwards. */
  void run(Tensor loss, boolean keepGraph) {
    INDArray one = loss.allocate(loss.dims());
    HeapCopy.write(new double[] {1}, one);
    add(loss, one);
    for (int i = loss.node().index(); i >= 0; i--) {
      Node node = graph.nodes().get(i);
      if (gradients[i] == null || node.isLeaf()) {
        continue;
      }
      dy = gradients[i];
      gradients[i] = null;
      current = node.operation();
      node.propagate(dy, this);
      dy.release();
      if (!keepGraph) {
        node.release();
        released = true;
      }
    }
  }

  /** Returns whether nodes have been released, and can no longer be backpropagated through. */
  boolean hasReleasedNodes() {
    return released;
  }

  /** Returns the gradient of a required leaf; null if the scalar does not depend on it. */
  GradientArray gradientOf(Node leaf) {
    return gradients[leaf.index()];
  }

  /** Returns whether the gradient of an operation's input is required. */
  boolean requires(Tensor input) {
    return input != null && input.node() != null && required[input.node().index()];
  }

  /** Allocates an array for the gradient of an input; returns null if it is not required. */
  INDArray allocateFor(Tensor input) {
    return requires(input) ? input.allocate(input.dims()) : null;
  }

  /**
   * Adds an unshared array to the gradient of an input, and takes ownership of the array. Has no
   * effect if the array is null; releases it if the gradient is not required.
   */
  void add(Tensor input, INDArray addend) {
    if (addend == null) {
      return;
    }
    GradientArray gradient =
        GradientArray.of(step.arena(), input.dtype(), input.view(addend, input.dims()));
    if (requires(input)) {
      accumulate(input, gradient);
    } else {
      gradient.release();
    }
  }

  /**
   * Adds an array that is shared with other users to the gradient of an input, reshaped if
   * necessary.
   */
  void addShared(Tensor input, GradientArray addend) {
    if (requires(input)) {
      accumulate(input, addend.view(input.dims()).retain());
    }
  }

  private void accumulate(Tensor input, GradientArray addend) {
    Node node = input.node();
    checkNotPropagated(node, input);
    if (step.checksEachOperation() && current != null) {
      OperationCheck.ofGradient(current, dy, input, addend);
    }
    GradientArray sum = gradients[node.index()];
    gradients[node.index()] = sum == null ? addend : graph.sum(current, sum, addend);
  }

  private void checkNotPropagated(Node node, Tensor tensor) {
    if (node.isPropagated()) {
      throw new IllegalStateException(
          "Tensor.backward: an earlier call has already backpropagated through a result of shape "
              + Arrays.toString(tensor.dims())
              + ", and its graph was released. Call backward() on the sum of the losses, or use"
              + " Step.gradients with keepGraph = true.");
    }
  }
}
