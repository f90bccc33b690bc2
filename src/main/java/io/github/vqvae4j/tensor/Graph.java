package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The autograd graph of a step: its leaves and differentiable operations in execution order. */
final class Graph {
  private final Step step;
  private final List<Node> nodes = new ArrayList<>();

  /** The exception of a failed backward pass that had already released nodes. */
  private Throwable failure;

  private String failedMethod;

  Graph(Step step) {
    this.step = step;
  }

  /** Creates the node of a leaf, whose gradient is retained. */
  Node leaf() {
    step.checkNotCustom("Tensor.requireGradient", "Compute gradients in a separate step.");
    Node leaf = Node.leaf(nodes.size());
    nodes.add(leaf);
    return leaf;
  }

  /** Creates the node of an operation's result. */
  Node result(Operation operation, BackwardFunction backward) {
    Node node = Node.of(nodes.size(), operation, backward);
    nodes.add(node);
    return node;
  }

  List<Node> nodes() {
    return nodes;
  }

  /** Computes the gradients of all leaves that a scalar depends on, and accumulates them. */
  void backward(Tensor loss) {
    checkLoss("Tensor.backward", loss);
    Backpropagation back = new Backpropagation(step, this, leaf -> true);
    run(back, loss, false, "backward()");
    for (Node node : nodes) {
      GradientArray gradient = node.isLeaf() ? back.gradientOf(node) : null;
      if (gradient != null) {
        node.add(gradient, this);
      }
    }
  }

  /** Computes the gradients of a scalar with respect to given leaves, without accumulating them. */
  List<Tensor> gradients(Tensor loss, List<Tensor> leaves, boolean keepGraph) {
    Set<Node> required = leaves.stream().map(Tensor::node).collect(Collectors.toSet());
    Backpropagation back = new Backpropagation(step, this, required::contains);
    run(back, loss, keepGraph, "gradients(..)");
    return leaves.stream().map(leaf -> constant(leaf, back.gradientOf(leaf.node()))).toList();
  }

  private void run(Backpropagation back, Tensor loss, boolean keepGraph, String method) {
    try {
      back.run(loss, keepGraph);
    } catch (Throwable e) {
      if (back.hasReleasedNodes()) {
        failure = e;
        failedMethod = method;
      }
      throw e;
    }
  }

  private Tensor constant(Tensor leaf, GradientArray gradient) {
    if (gradient != null) {
      return step.constant(gradient.array(), leaf.dtype());
    }
    INDArray zeros = leaf.allocate(leaf.dims());
    HeapCopy.clear(zeros);
    return step.constant(zeros, leaf.dtype());
  }

  /**
   * Returns the sum of two gradients of an operand, or of a leaf if the operation is null. Releases
   * both.
   */
  GradientArray sum(Operation operation, GradientArray first, GradientArray second) {
    return step.checksEachOperation()
        ? OperationCheck.ofSum(step, operation, first, second)
        : first.plus(second, step.kernels(first.dtype()));
  }

  void checkLoss(String method, Tensor loss) {
    if (loss.step() != step) {
      throw new IllegalArgumentException(
          method + ": expected a loss of this step, got a tensor of another step.");
    }
    loss.array();
    step.checkNotCustom(method, "Compute gradients in a separate step.");
    checkComplete();
    if (loss.length() != 1 || !loss.isTracked()) {
      throw new IllegalStateException(
          method
              + ": expected a scalar that depends on a parameter, got shape "
              + Arrays.toString(loss.dims())
              + (loss.isTracked()
                  ? ". Reduce it with mean() or sum()."
                  : ", which depends on no parameter. Use a training step and parameters that are"
                      + " not frozen; argmax, comparisons and round() have no gradient."));
    }
  }

  /** Throws if gradients are incomplete because a backward pass failed. */
  void checkComplete() {
    step.check();
    if (failure != null) {
      throw new IllegalStateException(
          "Step: an earlier call of "
              + failedMethod
              + " failed, so gradients are incomplete; open a new step. "
              + failure.getMessage(),
          failure);
    }
  }

  /** Removes all nodes when the step closes. */
  void clear() {
    nodes.clear();
  }
}
