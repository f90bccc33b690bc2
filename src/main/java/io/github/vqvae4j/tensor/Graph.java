package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.nd4j.linalg.api.ndarray.INDArray;

/** What gradients go through in a step: its leaves, and its operations in their order. */
final class Graph {
  private final Step step;
  private final List<Node> nodes = new ArrayList<>();

  /** What threw on the way back, after which a part of the operations is used up. */
  private Throwable failure;

  private String failed;

  Graph(Step step) {
    this.step = step;
  }

  /** The node of a tensor without history that gradients are kept of. */
  Node leaf() {
    step.checkNotCustom("Tensor.requireGradient", "Gradients inside need a step of their own.");
    Node leaf = Node.leaf(nodes.size());
    nodes.add(leaf);
    return leaf;
  }

  /** The node of an operation's result. */
  Node result(Operation operation, Backward backward) {
    Node node = Node.of(nodes.size(), operation, backward);
    nodes.add(node);
    return node;
  }

  List<Node> nodes() {
    return nodes;
  }

  /**
   * Finds the gradients of all leaves that a scalar depends on, and adds them to what they have.
   */
  void backward(Tensor loss) {
    checkLoss("Tensor.backward", loss);
    Backpropagation back = new Backpropagation(step, this, leaf -> true);
    run(back, loss, false, "backward()");
    for (Node node : nodes) {
      GradientArray gradient = node.isLeaf() ? back.of(node) : null;
      if (gradient != null) {
        node.add(gradient, this);
      }
    }
  }

  /** The gradients of a scalar with respect to some leaves only, which do not add up. */
  List<Tensor> gradients(Tensor loss, List<Tensor> leaves, boolean keepGraph) {
    Set<Node> asked = leaves.stream().map(Tensor::node).collect(Collectors.toSet());
    Backpropagation back = new Backpropagation(step, this, asked::contains);
    run(back, loss, keepGraph, "gradients(..)");
    return leaves.stream().map(leaf -> constant(leaf, back.of(leaf.node()))).toList();
  }

  private void run(Backpropagation back, Tensor loss, boolean keepGraph, String who) {
    try {
      back.run(loss, keepGraph);
    } catch (Throwable e) {
      if (back.hasDropped()) {
        failure = e;
        failed = who;
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

  /** The sum of two gradients, which are given up; of an operation's input, or of a leaf. */
  GradientArray sum(Operation operation, GradientArray first, GradientArray second) {
    return step.checksEach()
        ? OperationCheck.ofSum(step, operation, first, second)
        : first.plus(second, step.kernels(first.dtype()));
  }

  void checkLoss(String who, Tensor loss) {
    if (loss.step() != step) {
      throw new IllegalArgumentException(who + ": expected a loss of this step, got another's.");
    }
    loss.array();
    step.checkNotCustom(who, "Gradients inside need a step of their own.");
    checkComplete();
    if (loss.length() != 1 || !loss.isTracked()) {
      throw new IllegalStateException(
          who
              + ": expected a scalar that depends on a parameter, got shape "
              + Arrays.toString(loss.dims())
              + (loss.isTracked()
                  ? ". Reduce it with mean() or sum()."
                  : ", which depends on none. Use a step for training and parameters that are not"
                      + " frozen; behind argmax, comparisons or round() no gradient goes."));
    }
  }

  /** Throws where gradients are incomplete because something threw on the way back. */
  void checkComplete() {
    step.check();
    if (failure != null) {
      throw new IllegalStateException(
          "Step: an earlier "
              + failed
              + " failed and left gradients incomplete; open a new step. "
              + failure.getMessage(),
          failure);
    }
  }

  /** Forgets all, when the step closes. */
  void clear() {
    nodes.clear();
  }
}
