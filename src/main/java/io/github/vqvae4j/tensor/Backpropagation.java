package io.github.vqvae4j.tensor;

import io.github.vqvae4j.tensor.internal.HeapCopy;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One pass from a scalar back to the leaves that are asked for, through every operation between
 * them, the latest first. It holds the gradients of what it has not gone through yet.
 */
final class Backpropagation {
  private final Step step;
  private final Graph graph;

  /** By the nodes' index; null where nothing came yet. */
  private final GradientArray[] gradients;

  /** By the nodes' index: whether a leaf that is asked for lies behind it. */
  private final boolean[] wanted;

  /** The operation whose backward function runs. */
  private Operation current;

  /** The gradient of its result. */
  private GradientArray dy;

  private boolean dropped;

  /**
   * A pass through the nodes of a step.
   *
   * @param leaves which ones are asked for
   */
  Backpropagation(Step step, Graph graph, Predicate<Node> leaves) {
    this.step = step;
    this.graph = graph;
    List<Node> nodes = graph.nodes();
    gradients = new GradientArray[nodes.size()];
    wanted = new boolean[nodes.size()];
    for (Node node : nodes) {
      wanted[node.index()] =
          node.isLeaf()
              ? leaves.test(node)
              : Arrays.stream(node.operation().tensors()).anyMatch(this::wants);
    }
  }

  /** Goes back from a scalar; the leaves' gradients are there then. */
  void run(Tensor loss, boolean keepGraph) {
    INDArray one = loss.allocate(loss.dims());
    HeapCopy.write(new double[] {1}, one);
    give(loss, one);
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
        node.drop();
        dropped = true;
      }
    }
  }

  /** Whether it has gone through operations that nothing can go through again. */
  boolean hasDropped() {
    return dropped;
  }

  /** The gradient of a leaf that was asked for; null if the scalar does not depend on it. */
  GradientArray of(Node leaf) {
    return gradients[leaf.index()];
  }

  /** Whether the gradient of an operation's input is asked for. */
  boolean wants(Tensor input) {
    return input != null && input.node() != null && wanted[input.node().index()];
  }

  /** An array for an input's gradient; null if it is not asked for. */
  INDArray arrayFor(Tensor input) {
    return wants(input) ? input.allocate(input.dims()) : null;
  }

  /**
   * Adds to an input's gradient an array that nobody else uses; what is not asked for, or null, is
   * dropped.
   */
  void give(Tensor input, INDArray addend) {
    if (addend == null) {
      return;
    }
    GradientArray gradient =
        GradientArray.of(step.arena(), input.dtype(), input.view(addend, input.dims()));
    if (wants(input)) {
      add(input, gradient);
    } else {
      gradient.release();
    }
  }

  /** Adds to an input's gradient an array that others use too, perhaps under another shape. */
  void share(Tensor input, GradientArray addend) {
    if (wants(input)) {
      add(input, addend.view(input.dims()).retain());
    }
  }

  private void add(Tensor input, GradientArray addend) {
    Node node = input.node();
    checkNotPropagated(node, input);
    if (step.checksEach() && current != null) {
      OperationCheck.ofGradient(current, dy, input, addend);
    }
    GradientArray sum = gradients[node.index()];
    gradients[node.index()] = sum == null ? addend : graph.sum(current, sum, addend);
  }

  private void checkNotPropagated(Node node, Tensor of) {
    if (node.isPropagated()) {
      throw new IllegalStateException(
          "Tensor.backward: it goes through each result only once, and an earlier call went through"
              + " one of shape "
              + Arrays.toString(of.dims())
              + ". Add the losses up and call backward() on their sum, or ask for gradients with"
              + " Step.gradients and have it keep the graph.");
    }
  }
}
